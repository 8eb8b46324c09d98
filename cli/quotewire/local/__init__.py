"""Local mode: the real Apache Kafka and PostgreSQL, from packages, under one home folder."""
