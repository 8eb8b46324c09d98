"""Compare the articles per second of the store with a plain COPY loop, and measure their size on disk.

    python benchmarks/speed/store.py [--articles 10000] [--batch 64] [--rounds 3]

Both sides get the same bytes in the same batches, decode them with the same codec and commit each batch to the same
tables with the same indexes on a durable PostgreSQL. The plain side only decodes and copies; it can neither handle a
duplicate nor replace an article. The store side is the handler of the service, without Kafka. The sides alternate by
batch, so that a change of the machine's speed affects both. Then every article is replaced by its next revision.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

import psycopg
from psycopg import sql
from sample_articles import BODIES, FAMILY, GIVEN, PLACES, SampleArticle, articles

from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire_runtime.postgres.connection import Connection
from quotewire_runtime.postgres.migrations import migrate
from quotewire_runtime.records import Record
from quotewire_schemas import (
    Annotation,
    AnnotationStatus,
    Article,
    Change,
    EnrichedArticle,
    Entity,
    Kind,
    Quote,
    Speaker,
    SpeakerKind,
    decode,
    encode,
)
from quotewire_schemas.topics import ENRICHED
from quotewire_store.database import store_database
from quotewire_store.handler import StoreHandler
from quotewire_store.rows import ENTITY_COLUMNS, QUOTATION_COLUMNS, SPEAKER_COLUMNS, rows_of

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NAME = re.compile(rf"\b(?:(?:{'|'.join(GIVEN)}) )?(?:{'|'.join(FAMILY)})\b")
PLACE = re.compile(rf"\b(?:{'|'.join((*PLACES, *BODIES))})\b")
SAID = re.compile(r'"[^"]+"|“[^”]+”|(?<=said that )[^.]+|(?<=reporters in )[^.]+|(?<=According to )[^.]+')

Batch = Sequence[Record]
Side = Callable[[Batch], Awaitable[object]]


def enriched(sample: SampleArticle, revision: int) -> EnrichedArticle:
    """Make an article with as many mentions and quotations as real ones of its length have."""
    article_id = hashlib.sha256(f"article {sample.number}".encode()).hexdigest()[:32]
    text = sample.text if revision == 1 else sample.text + f"\nUpdate {revision}."
    of = Article(
        article_id=article_id,
        revision=revision,
        change=Change.CREATED if revision == 1 else Change.REVISED,
        url=f"https://harbour-post.example/2026/03/02/{article_id}",
        source_id="harbour-post",
        outlet="Harbour Post",
        title=sample.title,
        authors=["Mirele Quillon"],
        published_at=NOW,
        fetched_at=NOW,
        ingested_at=NOW,
        language="en",
        text=text,
        provenance={"title": "json_ld", "published_at": "json_ld", "text": "extractor"},
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        reader_version="1",
    )
    names = list(NAME.finditer(text))
    entities = [
        Entity(
            text=match[0],
            label="PERSON" if match.re is NAME else "ORG",
            start=match.start(),
            end=match.end(),
            entity_id=match[0].split()[-1],
            name=match[0].split()[-1],
            name_key=match[0].split()[-1].lower(),
        )
        for match in (*names, *PLACE.finditer(text))
    ]
    quotes = [_quote(of, match, names) for match in SAID.finditer(text)]
    annotation = Annotation(status=AnnotationStatus.DONE, model="en_wire 1", annotator_release=1, annotated_at=NOW)
    return EnrichedArticle(article=of, entities=entities, quotes=quotes, annotation=annotation)


def _quote(of: Article, match: re.Match[str], names: Sequence[re.Match[str]]) -> Quote:
    start, end = match.span()
    near = min(names, key=lambda name: abs(name.start() - end), default=None)
    mention = {} if near is None else {"start": near.start(), "end": near.end(), "name": near[0]}
    speaker = Speaker(
        text=near[0] if near else "", name_key=near[0].lower() if near else None, kind=SpeakerKind.PERSON, **mention
    )
    return Quote(
        quote_id=hashlib.sha256(f"{of.article_id}:{of.revision}:{start}:{end}".encode()).hexdigest()[:32],
        article_id=of.article_id,
        revision=of.revision,
        annotator_release=1,
        url=of.url,
        outlet=of.outlet,
        title=of.title,
        published_at=of.published_at,
        language=of.language,
        kind=Kind.DIRECT,
        content=match[0],
        content_spans=[(start, end)],
        speakers=[speaker],
        context_span=(start, end),
        confidence=0.9,
    )


def batches(samples: Sequence[SampleArticle], revision: int, size: int) -> Iterator[list[Record]]:
    """Yield batches of records as from Kafka."""
    for first in range(0, len(samples), size):
        items = [enriched(sample, revision) for sample in samples[first : first + size]]
        yield [
            Record(ENRICHED, 0, first + number, item.article.article_id.encode(), encode(item), (), 0)
            for number, item in enumerate(items)
        ]


async def plain(connection: Connection, batch: Batch) -> None:
    """Decode and copy: the minimum of any store."""
    rows = [rows_of(decode(EnrichedArticle, record.value)) for record in batch]
    columns = tuple(rows[0].article)
    articles = [(*(_plain(one.article[name]) for name in columns), NOW) for one in rows]
    async with connection.transaction():
        await _copy(connection, "articles", (*columns, "stored_at"), articles)
        await _copy(connection, "entities", ENTITY_COLUMNS, [row for one in rows for row in one.entities])
        await _copy(connection, "quotations", QUOTATION_COLUMNS, [row for one in rows for row in one.quotations])
        await _copy(connection, "speakers", SPEAKER_COLUMNS, [row for one in rows for row in one.speakers])


def _plain(value: object) -> object:
    return psycopg.types.json.Jsonb(value) if isinstance(value, dict) else value


async def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier("news", table), names)
    async with connection.cursor().copy(statement) as copy:
        for row in rows:
            await copy.write_row(row)


@dataclass
class Stopwatch:
    """Sums the wall-clock and CPU seconds of a side."""

    side: Side
    wall: float = 0.0
    cpu: float = 0.0

    async def run(self, batch: Batch) -> None:
        """Run the side on a batch."""
        wall, cpu = time.perf_counter(), time.process_time()
        await self.side(batch)
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu


async def fresh(server: LocalPostgres, name: str) -> str:
    """Create a database with empty tables."""
    server.create_database(name)
    dsn = f"{server.dsn.rpartition('/')[0]}/{name}"
    await migrate(dsn, "quotewire_store.migrations", schema="news")
    return dsn


async def measure(server: LocalPostgres, count: int, size: int, rounds: int) -> None:
    """Run the rounds and print them."""
    samples = list(articles(count))
    first, second = list(batches(samples, 1, size)), list(batches(samples, 2, size))
    volume = sum(len(record.value or b"") for batch in first for record in batch)
    print(f"{count} articles of real length, {volume / count / 1024:.1f} KiB each as JSON, batches of {size}\n")
    print("round   plain COPY   store        ratio   store's CPU here   replacing all")
    ratios = []
    for number in range(rounds):
        copied, stored = await fresh(server, f"plain{number}"), await fresh(server, f"store{number}")
        handler = StoreHandler(store_database(stored))
        await handler.start()
        async with await psycopg.AsyncConnection.connect(copied, autocommit=True) as connection:
            least, store = Stopwatch(partial(plain, connection)), Stopwatch(handler.handle)
            for batch in first:
                for side in (least, store):
                    await side.run(batch)
        if number == 0:
            sizes(stored, count)
        again = Stopwatch(handler.handle)
        for batch in second:
            await again.run(batch)
        await handler.stop()
        ratios.append(least.wall / store.wall)
        print(
            f"{number + 1:5}   {count / least.wall:6.0f}/s     {count / store.wall:6.0f}/s     {ratios[-1]:5.2f}"
            f"   {store.cpu / count * 1e3:6.2f} ms/article   {count / again.wall:6.0f}/s"
        )
    print(f"\nratio, median of {rounds}: {median(ratios):.2f}")


def sizes(dsn: str, count: int) -> None:
    """Print the sizes of the tables with TOAST and indexes, after a VACUUM."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        rows = connection.execute(
            "SELECT relname, n_live_tup, pg_total_relation_size(relid), pg_indexes_size(relid)"
            " FROM pg_stat_user_tables WHERE schemaname = 'news' AND n_live_tup > 10 ORDER BY 3 DESC"
        ).fetchall()
    total = sum(row[2] for row in rows)
    for name, live, size, indexes in rows:
        print(f"        {name:<11} {live:>8} rows   {size / 2**20:7.1f} MiB   indexes {indexes / 2**20:6.1f} MiB")
    print(f"        all together {total / count * 10_000 / 2**20:.1f} MiB per 10,000 articles\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    a = parser.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory(prefix="quotewire-bench-") as name:
        folder = Path(name)
        server = LocalPostgres(folder / "pg", home=folder, log=folder / "pg.log", programs=find_postgres())
        server.prepare()
        server.start()
        try:
            server.wait_ready()
            asyncio.run(measure(server, a.articles, a.batch, a.rounds))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
