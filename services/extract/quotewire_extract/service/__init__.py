"""The extract service: handler and worker of the stage, records, metrics."""
