"""The ahead-of-time cache of Kafka's classes is beside its jars, and a broker maps it."""

from pathlib import Path

import pytest

from quotewire.local.kafka import LocalKafka, aot_cache_path
from quotewire.local.kafka_aot_cache import MIN_JAVA, main

pytestmark = pytest.mark.integration


def test_the_sessions_broker_maps_the_file(local_kafka: LocalKafka) -> None:
    assert local_kafka.identity is not None
    cache = aot_cache_path(local_kafka.jars, local_kafka.java)
    maps = Path(f"/proc/{local_kafka.identity.pid}/maps").read_text()
    assert (str(cache) in maps) == (local_kafka.java.version >= MIN_JAVA)


def test_it_is_written_once(local_kafka: LocalKafka, capsys: pytest.CaptureFixture[str]) -> None:
    cache = aot_cache_path(local_kafka.jars, local_kafka.java)
    written_at = cache.stat().st_mtime if cache.exists() else None
    assert main() == 0
    assert str(cache if written_at else local_kafka.java.version) in capsys.readouterr().out
    assert (cache.stat().st_mtime if cache.exists() else None) == written_at
