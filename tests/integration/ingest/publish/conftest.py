"""Fixtures of ingest without Kafka."""

from kit.ingest_without_kafka import service, services, settings, stream

__all__ = ["service", "services", "settings", "stream"]
