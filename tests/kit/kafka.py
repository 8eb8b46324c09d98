"""The real Kafka of a test session, and a topic prefix for each test."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.parts import exclusive_lock, fail_without_traceback
from kit.ports import free_port
from quotewire.local.kafka import LocalKafka
from quotewire.local.kafka_aot_cache import ensure_aot_cache
from quotewire.local.settings import command_settings


@pytest.fixture(scope="session")
def local_kafka(session_folder: Path) -> Iterator[LocalKafka]:
    """The broker itself, for tests that stop or pause it (they start it again before they end)."""
    with fail_without_traceback():
        with exclusive_lock("jars"):
            broker = LocalKafka.below(session_folder, command_settings().local, port=free_port())
            ensure_aot_cache(broker.jars, broker.java, home=session_folder)
        broker.start_timeout_s = 180  # seconds: on a busy machine a slow start is no failure
        broker.prepare()
        broker.start()
        broker.wait_ready()
    yield broker
    broker.stop_timeout_s = 0  # nothing needs to be kept: no need to wait for an orderly stop
    broker.stop()


@pytest.fixture(scope="session")
def kafka(local_kafka: LocalKafka) -> str:
    """The bootstrap address of the session's broker."""
    return local_kafka.address


@pytest.fixture
def topic_prefix() -> str:
    """A prefix of topics and groups that no other test uses."""
    return f"t{uuid.uuid4().hex[:10]}."
