"""How much stands in the topics and tables of a stream."""

import asyncio
from dataclasses import dataclass, field

SCHEMAS = ("ingest", "news")
ANSWER_WITHIN = 5.0  # seconds; a part that takes longer to say how much it holds is as good as away


@dataclass(frozen=True, slots=True)
class Counts:
    """Records per topic and rows per table; what could not be asked is told in `away`, in words."""

    topics: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    away: list[str] = field(default_factory=list)


def count(kafka: str, postgres: str) -> Counts:
    """Ask both parts at once; never raises for a part that is away. Blocks, ANSWER_WITHIN seconds at most."""

    async def both() -> Counts:
        away: list[str] = []

        async def ask(name: str, job: "asyncio.Future[dict[str, int]]") -> dict[str, int]:
            try:
                return await asyncio.wait_for(job, ANSWER_WITHIN)
            except TimeoutError:
                away.append(f"{name} does not answer")
            except Exception as error:  # whatever the client raises: the counts are a courtesy, not a duty
                away.append(f"{name}: {(str(error).splitlines() or [type(error).__name__])[0]}")
            return {}

        topics, tables = await asyncio.gather(
            ask("Kafka", asyncio.ensure_future(topic_counts(kafka))),
            ask("PostgreSQL", asyncio.ensure_future(table_counts(postgres))),
        )
        return Counts(topics, tables, away)

    return asyncio.run(both())


async def topic_counts(kafka: str) -> dict[str, int]:
    """Records between the first and the last offset of each topic of ours, in the order an article travels."""
    from quotewire_runtime.config.settings import ServiceSettings, load
    from quotewire_runtime.kafka.admin import describe

    settings = load(ServiceSettings).kafka.model_copy(update={"bootstrap_servers": kafka})
    return {one.topic: one.records for one in await describe(settings) if one.partitions}


async def table_counts(postgres: str) -> dict[str, int]:
    """Rows of each table of ours, counted."""
    import psycopg
    from psycopg import sql

    async with await psycopg.AsyncConnection.connect(postgres, autocommit=True, connect_timeout=3) as connection:
        names = await connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
            " WHERE table_schema = ANY(%s) AND table_type = 'BASE TABLE' AND table_name <> 'migrations' ORDER BY 1, 2",
            [list(SCHEMAS)],
        )
        found: dict[str, int] = {}
        for schema, table in await names.fetchall():
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
            row = await (await connection.execute(query)).fetchone()
            found[f"{schema}.{table}"] = row[0] if row is not None else 0
        return found
