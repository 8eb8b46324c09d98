"""The engine the services share: it knows Kafka, processes and records, and no news."""
