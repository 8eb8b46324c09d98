"""The number of records in the topics and of rows in the tables of a stream."""

import asyncio
import time
from dataclasses import dataclass, field

from quotewire.local.home import Home, running_stream

SCHEMAS = ("ingest", "news")
TIMEOUT_S = 5.0  # people wait for the counts: Kafka or PostgreSQL that takes longer counts as unavailable
POLL_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class StreamCounts:
    """Records per topic and rows per table; `problems` says what could not be counted, and why."""

    topics: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def count_stream(kafka: str, postgres: str) -> StreamCounts:
    """Count in Kafka and PostgreSQL at the same time. Blocks TIMEOUT_S at most; an unavailable part is no error."""

    async def both() -> StreamCounts:
        problems: list[str] = []

        async def attempt(name: str, job: "asyncio.Future[dict[str, int]]") -> dict[str, int]:
            try:
                return await asyncio.wait_for(job, TIMEOUT_S)
            except TimeoutError:
                problems.append(f"{name} does not answer")
            except Exception as error:  # whatever the client raises: the counts are not essential
                problems.append(f"{name}: {(str(error).splitlines() or [type(error).__name__])[0]}")
            return {}

        topics, tables = await asyncio.gather(
            attempt("Kafka", asyncio.ensure_future(topic_counts(kafka))),
            attempt("PostgreSQL", asyncio.ensure_future(table_counts(postgres))),
        )
        return StreamCounts(topics, tables, problems)

    return asyncio.run(both())


async def topic_counts(kafka: str) -> dict[str, int]:
    """Records between the first and the last offset of each topic of ours, in the order of the pipeline."""
    from quotewire_runtime.config.settings import ServiceSettings, load
    from quotewire_runtime.kafka.admin import describe_topics

    settings = load(ServiceSettings).kafka.model_copy(update={"bootstrap_servers": kafka})
    return {one.topic: one.records for one in await describe_topics(settings) if one.partitions}


async def table_counts(postgres: str) -> dict[str, int]:
    """Rows of each table of ours."""
    import psycopg
    from psycopg import sql

    async with await psycopg.AsyncConnection.connect(postgres, autocommit=True, connect_timeout=3) as connection:
        names = await connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema = ANY(%s) AND table_type = 'BASE TABLE' AND table_name <> 'migrations' ORDER BY 1, 2",
            [list(SCHEMAS)],
        )
        counts: dict[str, int] = {}
        for schema, table in await names.fetchall():
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
            row = await (await connection.execute(query)).fetchone()
            counts[f"{schema}.{table}"] = row[0] if row is not None else 0
        return counts


def stored_summary(home: Home) -> str | None:
    """What the store of a home holds, in one line; None while PostgreSQL does not answer."""
    dsn = home.read_state().postgres
    try:
        tables = asyncio.run(table_counts(dsn)) if dsn else {}
    except Exception:  # whatever the client raises: the caller asks again soon
        return None
    names = {"news.articles": "articles", "news.quotations": "quotations", "news.dead_letters": "dead letters"}
    return "stored: " + ", ".join(f"{name} {tables[table]}" for table, name in names.items() if table in tables)


def wait_until_stored(home: Home, articles: int, within: float) -> bool:
    """Block until the store holds `articles` articles and dead letters together; False after `within` seconds."""
    deadline = time.monotonic() + within
    _, dsn = running_stream(home.root).addresses()
    while True:
        tables = asyncio.run(table_counts(dsn))
        if tables.get("news.articles", 0) + tables.get("news.dead_letters", 0) >= articles:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_INTERVAL_S)
