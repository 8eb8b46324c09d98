"""The outbox: records are committed with the state they stem from, then relayed to Kafka."""
