"""What an operator sees of the outbox while Kafka is away."""

import re
import time
from datetime import UTC, datetime

import pytest

from kit.eventually import eventually
from kit.ports import free_port
from kit.services import Service, Services
from quotewire_ingest.model import Document, DocumentKind

from .conftest import Stream

pytestmark = pytest.mark.integration

ARTICLE = Document(
    "ferry.txt", b"The ferry sails at dawn, Ilvane Morrec said.", DocumentKind.TEXT, "harbour-post", "ferry.txt",
    datetime(2026, 3, 2, tzinfo=UTC),
)  # fmt: skip


def value(service: Service, name: str) -> float:
    found = re.search(rf'^{name}{{stage="ingest"}} (\S+)$', service.get("/metrics")[1], re.MULTILINE)
    assert found is not None
    return float(found[1])


async def test_the_outbox_is_counted_while_kafka_is_unavailable(stream: Stream, services: Services) -> None:
    began = time.time()
    cut_off = services.make("ingest", KAFKA__BOOTSTRAP_SERVERS=f"127.0.0.1:{free_port()}").start()

    assert (await stream.submit(ARTICLE)).outcomes == {"published": 1}

    await eventually(lambda: value(cut_off, "quotewire_outbox_records") == 1, within=30)
    assert began <= value(cut_off, "quotewire_outbox_oldest_timestamp_seconds") <= time.time()
    assert value(cut_off, "quotewire_ready") == 0
