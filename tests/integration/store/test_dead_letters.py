"""Dead letters of all stages are copied into the table, each once, without the bytes of withdrawn articles."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import pytest

from kit.builders import article, enriched, withdrawn
from kit.eventually import eventually
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.kafka.admin import apply_topics
from quotewire_runtime.kafka.client import new_producer
from quotewire_runtime.kafka.dead_letter import dead_letter
from quotewire_runtime.records import Record
from quotewire_runtime.results import Reject
from quotewire_schemas import encode
from quotewire_schemas.dead_letter import Reason
from quotewire_schemas.topics import Topics
from quotewire_store.database import store_database
from quotewire_store.dead_letter_topics import DeadLetterTopics
from quotewire_store.dead_letters import DeadLetterCopier
from quotewire_store.handler import StoreHandler

from .stored import query, store

pytestmark = pytest.mark.integration

FAILED_AT = datetime(2026, 3, 2, 12, 0, 1, tzinfo=UTC)


def letter(offset: int = 0, key: bytes | None = b"a1", value: bytes | None = b"{", message: str = "not JSON") -> Record:
    """A record of the store's dead-letter topic."""
    source = Record("news.article.enriched.v1", 3, 41, key, value, (("ce_id", b"a1:1:1"),), 1_772_452_800_000)
    reject = Reject(Reason.NOT_JSON, message)
    out = dead_letter(source, reject, stage="store", topics=Topics(), clock=lambda: FAILED_AT)
    assert out is not None
    return Record(out.topic, 3, offset, out.key, out.value, out.headers, out.timestamp_ms or 0)


class FakeSource:
    """A source that returns the batches it was given, then waits; it can fail first."""

    def __init__(self, *batches: Sequence[Record], failures: int = 0) -> None:
        self.batches = list(batches)
        self.failures = failures
        self.committed = 0
        self.stopped = False

    async def start(self) -> None:
        if self.failures:
            self.failures -= 1
            raise UnavailableError("Kafka does not answer")

    async def read(self) -> Sequence[Record]:
        if not self.batches:
            await asyncio.Event().wait()
        return self.batches.pop(0)

    async def commit(self) -> None:
        self.committed += 1

    async def stop(self) -> None:
        self.stopped = True


async def copied(dsn: str, source: FakeSource) -> DeadLetterCopier:
    copier = DeadLetterCopier(source, store_database(dsn))
    batches = len(source.batches)
    copier.start()
    await eventually(lambda: source.committed == batches)
    await copier.stop()
    return copier


async def test_a_dead_letter_is_copied_as_it_is(postgres_dsn: str) -> None:
    await copied(postgres_dsn, FakeSource([letter(7)]))
    assert query(
        postgres_dsn,
        'SELECT topic, partition, "offset", stage, reason, message, source_topic, source_partition, source_offset, key,'
        ' "timestamp", failed_at, headers, value FROM news.dead_letters',
    ) == [
        ("news.article.enriched.v1.store.dlq", 3, 7, "store", "not_json", "not JSON", "news.article.enriched.v1", 3, 41,
         "a1", datetime(2026, 3, 2, 12, tzinfo=UTC), FAILED_AT, {"ce_id": "a1:1:1"}, b"{")
    ]  # fmt: skip


async def test_what_is_read_twice_is_stored_once(postgres_dsn: str) -> None:
    await copied(postgres_dsn, FakeSource([letter(1), letter(2)], [letter(2), letter(3)]))
    assert query(postgres_dsn, 'SELECT "offset" FROM news.dead_letters ORDER BY 1') == [(1,), (2,), (3,)]


MALFORMED = {
    "no headers": Record("news.article.v1.extract.dlq", 0, 1, None, None, (), 0),
    "U+0000": letter(1, key=b"a\0b", value=b"a\0b", message="a\0b"),
    "no UTF-8": Record("x.dlq", 0, 1, b"\xff", b"\xff", (("\x00name", b"\xff\x00"),), -1),
    "numbers out of range": Record(
        "x.dlq",
        0,
        1,
        b"k",
        b"v",
        (("__connect.errors.partition", b"9" * 30), ("__connect.errors.offset", b"9" * 30)),
        1,
    ),
    "large": letter(1, value=b"x" * 3_000_000),
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_nothing_on_a_dead_letter_topic_is_rejected(postgres_dsn: str, name: str) -> None:
    await copied(postgres_dsn, FakeSource([MALFORMED[name]]))
    assert query(postgres_dsn, "SELECT value FROM news.dead_letters") == [(MALFORMED[name].value,)]


async def test_waits_for_kafka_and_reports_it(postgres_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quotewire_store.dead_letters.KAFKA_INTERVAL_S", 0.1)
    copier = DeadLetterCopier(source := FakeSource(failures=3), store_database(postgres_dsn))
    copier.start()
    await eventually(lambda: "Kafka does not answer" in copier.check.detail)
    await eventually(lambda: source.failures == 0)
    await eventually(lambda: copier.check.detail == "up to date with what was read")
    await copier.stop()
    assert source.stopped


async def test_a_withdrawal_clears_dead_letters_before_and_after_it(handler: StoreHandler, postgres_dsn: str) -> None:
    await copied(postgres_dsn, FakeSource([letter(1), letter(2, key=b"a2")]))
    await store(handler, enriched(), enriched(withdrawn()))
    await copied(postgres_dsn, FakeSource([letter(3)]))
    assert query(postgres_dsn, 'SELECT "offset", value FROM news.dead_letters ORDER BY 1') == [
        (1, None),
        (2, b"{"),
        (3, None),
    ]


def letters_of(*revisions: int) -> list[Record]:
    """Dead letters of revisions of one article, as extract and store leave them, and one that does not say which."""
    values = [
        encode(article(revision=number)) if number % 2 else encode(enriched(article(revision=number)))
        for number in revisions
    ]
    return [letter(offset, value=value) for offset, value in enumerate([*values, b"{"])]


@pytest.mark.parametrize("order", ["withdrawn in time", "withdrawn late", "dead letters last"])
async def test_a_withdrawal_destroys_the_bytes_of_the_revisions_before_it_whatever_comes_first(
    handler: StoreHandler, postgres_dsn: str, order: str
) -> None:
    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "letters": lambda: copied(postgres_dsn, FakeSource(letters_of(1, 2, 3, 4))),
        "withdrawal": lambda: store(handler, enriched(withdrawn(revision=2))),
        "return": lambda: store(handler, enriched(article(revision=3))),
    }
    orders = {
        "withdrawn in time": ("letters", "withdrawal", "return"),
        "withdrawn late": ("letters", "return", "withdrawal"),
        "dead letters last": ("return", "withdrawal", "letters"),
    }
    for step in orders[order]:
        await steps[step]()
    assert query(postgres_dsn, "SELECT revision, value IS NULL FROM news.dead_letters ORDER BY 1 NULLS LAST") == [
        (1, True),
        (2, True),
        (3, False),
        (4, False),
        (None, True),
    ]


async def test_bytes_that_do_not_say_their_revision_stay_unless_the_article_was_withdrawn(
    handler: StoreHandler, postgres_dsn: str
) -> None:
    await store(handler, enriched())
    await copied(postgres_dsn, FakeSource([letter(1)]))
    assert query(postgres_dsn, "SELECT value FROM news.dead_letters") == [(b"{",)]


async def test_reads_the_topics_of_all_stages(kafka: str, topic_prefix: str, postgres_dsn: str) -> None:
    settings = KafkaSettings(bootstrap_servers=kafka, topic_prefix=topic_prefix)
    await apply_topics(settings)
    topics = Topics(topic_prefix)
    producer = new_producer(settings)
    await producer.start()
    for plain in ("news.article.v1.extract.dlq", "news.article.enriched.v1.store.dlq"):
        one = letter()
        await producer.send_and_wait(topics.named(plain), one.value, key=one.key, headers=list(one.headers))
    await producer.stop()
    for _ in range(2):  # the second consumer of the group finds nothing left to read
        copier = DeadLetterCopier(DeadLetterTopics(settings), store_database(postgres_dsn))
        copier.start()
        await eventually(lambda: len(query(postgres_dsn, "SELECT FROM news.dead_letters")) == 2, within=20)
        await eventually(lambda copier=copier: copier.check.detail == "up to date with what was read")  # type: ignore[misc]
        await copier.stop()
    assert {row[0] for row in query(postgres_dsn, "SELECT topic FROM news.dead_letters")} == {
        topics.named("news.article.v1.extract.dlq"),
        topics.named("news.article.enriched.v1.store.dlq"),
    }
