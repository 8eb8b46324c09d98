"""Any order, repetition or concurrency of an article's records ends in the same tables."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.builders import article, enriched, entity, quote, withdrawn
from quotewire_runtime.results import Retry
from quotewire_schemas import EnrichedArticle
from quotewire_store.apply import apply
from quotewire_store.database import TIMEOUTS, stage_transaction, store_database
from quotewire_store.handler import StoreHandler
from quotewire_store.rows import rows_of

from .stored import TABLES, all_rows, query, store

pytestmark = pytest.mark.integration

WORDS = ("alpha", "bravo", "charlie", "delta")


def version(article_id: str, revision: int, release: int, *, gone: bool = False) -> EnrichedArticle:
    """A record that is a pure function of its order, with another set of quotations for each."""
    if gone:
        return enriched(withdrawn(article_id, revision), release=release)
    of = article(article_id, revision, f"{' '.join(WORDS)} by Ada Ferrel, revision {revision}.")
    chosen = [word for number, word in enumerate(WORDS) if (revision * 7 + release * 3) >> number & 1]
    return enriched(
        of,
        release=release,
        quotes=[quote(of, word, speaker="Ada Ferrel", release=release) for word in chosen],
        entities=[entity(of, "Ada Ferrel")] * (revision % 3),
    )


ORDERS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3)), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(orders=ORDERS, gone=st.sets(st.integers(1, 5), max_size=2), sizes=st.lists(st.integers(1, 5), max_size=12))
def test_any_sequence_ends_as_the_highest_record(
    postgres_dsn: str, orders: list[tuple[int, int]], gone: set[int], sizes: list[int]
) -> None:
    """Stored in any order, with repetitions, split into any batches."""
    sequence = [version("a1", revision, release, gone=revision in gone) for revision, release in orders]
    with psycopg.connect(postgres_dsn) as connection:
        for table in TABLES:
            connection.execute(f"TRUNCATE news.{table}".encode())
    asyncio.run(_store_all(postgres_dsn, sequence, sizes))
    mixed = all_rows(postgres_dsn)
    history = {row[0]["revision"] for row in mixed["revisions"]}
    withdrawn_through = max([revision for revision, _ in orders if revision in gone], default=0)
    highest = max(orders)
    assert history == {revision for revision, _ in orders if withdrawn_through < revision < highest[0]}

    with psycopg.connect(postgres_dsn) as connection:
        for table in TABLES:
            connection.execute(f"TRUNCATE news.{table}".encode())
    asyncio.run(_store_all(postgres_dsn, [version("a1", *highest, gone=highest[0] in gone)], []))
    alone = all_rows(postgres_dsn)
    for state in (mixed, alone):
        del state["revisions"]
        state["articles"][0][0]["withdrawn_through"] = withdrawn_through
    assert mixed == alone


async def _store_all(dsn: str, sequence: Sequence[EnrichedArticle], sizes: Sequence[int]) -> None:
    handler = StoreHandler(store_database(dsn))
    rest = list(sequence)
    for size in [*sizes, len(rest)]:
        batch, rest = rest[:size], rest[size:]
        await store(handler, *batch)
    await handler.stop()


async def test_replicas_storing_the_same_articles_at_once(postgres_dsn: str) -> None:
    """Three replicas, overlapping batches in different orders, fifty times: no deadlock, no row twice or left over."""
    dice = random.Random(20)
    handlers = [StoreHandler(store_database(postgres_dsn)) for _ in range(3)]
    ids = [f"n{number}" for number in range(12)]
    latest: dict[str, EnrichedArticle] = {}
    gone: set[str] = set()
    for lap in range(50):
        revision = lap // 2 + 1
        if lap % 2 == 0:  # a revision comes in two releases of the annotator, and is a withdrawal in both or in none
            gone = {article_id for article_id in ids if dice.random() < 0.1}
        items = [version(article_id, revision, lap % 2 + 1, gone=article_id in gone) for article_id in ids]
        for item in items:
            latest[item.article.article_id] = item
        batches = [dice.sample(items, len(items)) for _ in handlers]
        outcomes = await asyncio.gather(*(store(h, *b) for h, b in zip(handlers, batches, strict=True)))
        found = [outcome for batch in outcomes for outcome in batch]
        assert sorted(found) == ["stored"] * (12 - len(gone)) + ["unchanged"] * 24 + ["withdrawn"] * len(gone)
    for handler in handlers:
        await handler.stop()
    expected = {(article_id, quotation.quote_id) for article_id, item in latest.items() for quotation in item.quotes}
    assert set(query(postgres_dsn, "SELECT article_id, quote_id FROM news.quotations")) == expected
    assert query(postgres_dsn, "SELECT count(*) FROM news.quotations") == [(len(expected),)]
    assert query(postgres_dsn, "SELECT count(*) FROM news.speakers") == [(len(expected),)]


async def test_replicas_with_different_revisions_of_new_articles(postgres_dsn: str) -> None:
    """Each lap brings articles nobody has seen, one revision per replica: the highest wins, the others are history."""
    handlers = [StoreHandler(store_database(postgres_dsn)) for _ in range(3)]
    dice = random.Random(3)
    for lap in range(40):
        ids = [f"lap{lap}-{number}" for number in range(8)]
        batches = [
            [version(article_id, revision, 1) for article_id in dice.sample(ids, len(ids))] for revision in (1, 2, 3)
        ]
        await asyncio.gather(*(store(h, *b) for h, b in zip(handlers, batches, strict=True)))
    for handler in handlers:
        await handler.stop()
    assert query(postgres_dsn, "SELECT revision, count(*) FROM news.articles GROUP BY 1") == [(3, 320)]
    assert query(postgres_dsn, "SELECT revision, count(*) FROM news.revisions GROUP BY 1 ORDER BY 1") == [
        (1, 320),
        (2, 320),
    ]


async def test_a_frozen_replica_does_not_block_the_others_for_long(handler: StoreHandler, postgres_dsn: str) -> None:
    """The server ends an idle transaction that holds locks; the frozen replica gets a `Retry`."""
    frozen = store_database(postgres_dsn, timeouts=replace(TIMEOUTS, idle_in_transaction_s=1))
    item = version("a1", 1, 1)
    entered, wake = asyncio.Event(), asyncio.Event()

    async def hold_locks() -> None:
        async with stage_transaction(frozen) as connection:
            await apply(connection, [rows_of(item)])
            entered.set()
            await wake.wait()
            await connection.execute("SELECT 1")

    task = asyncio.create_task(hold_locks())
    await entered.wait()
    assert await store(handler, item) == ["stored"]
    wake.set()
    with pytest.raises(Retry):
        await task
    await frozen.close()
