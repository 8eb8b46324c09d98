"""The classes that Kafka loads are kept beside its jars, and a broker starts from there."""

from pathlib import Path

import pytest

from quotewire.local.kafka import LocalKafka, aot_cache_path
from quotewire.local.kafka_aot_cache import MIN_JAVA, main

pytestmark = pytest.mark.integration


def test_the_sessions_broker_maps_the_file(local_kafka: LocalKafka) -> None:
    assert local_kafka.identity is not None
    kept = aot_cache_path(local_kafka.jars, local_kafka.java)
    maps = Path(f"/proc/{local_kafka.identity.pid}/maps").read_text()
    assert (str(kept) in maps) == (local_kafka.java.version >= MIN_JAVA)


def test_it_is_made_once(local_kafka: LocalKafka, capsys: pytest.CaptureFixture[str]) -> None:
    kept = aot_cache_path(local_kafka.jars, local_kafka.java)
    made_at = kept.stat().st_mtime if kept.exists() else None
    assert main() == 0
    assert str(kept if made_at else local_kafka.java.version) in capsys.readouterr().out
    assert (kept.stat().st_mtime if kept.exists() else None) == made_at
