"""The operator's command, and the real parts (Kafka, PostgreSQL) it runs on one machine."""
