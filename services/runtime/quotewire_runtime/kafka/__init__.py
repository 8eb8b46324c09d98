"""The Kafka side of a service: clients, topics, publishing, offsets, lag, dead letters, replay."""

__all__ = ["admin", "client", "dead_letter", "edges", "headers", "replay"]
