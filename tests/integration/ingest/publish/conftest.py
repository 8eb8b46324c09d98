"""Fixtures of ingest without Kafka."""

from kit.harbour_post import site
from kit.ingest_without_kafka import service, services, settings, stream

__all__ = ["service", "services", "settings", "site", "stream"]
