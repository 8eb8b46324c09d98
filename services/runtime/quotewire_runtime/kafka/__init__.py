"""The Kafka side of a service: clients, publishing, offsets, lag, dead letters, replay."""
