"""The extract service: the handler of the stage, what its workers do, records and metrics."""
