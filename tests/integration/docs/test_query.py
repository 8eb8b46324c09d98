"""The statements printed in docs/query.md run under the reader role and answer in the columns shown."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from quotewire_extract.annotate import annotate_article
from quotewire_extract.pipeline import Pipelines
from quotewire_ingest.offline import parse_input
from quotewire_ingest.rejection import RejectedInput
from quotewire_runtime.records import Record
from quotewire_runtime.results import Done
from quotewire_schemas import encode
from quotewire_store.database import store_database
from quotewire_store.handler import StoreHandler

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "query.md").read_text("utf-8")
QUESTIONS = re.findall(r"```sql\n(.*?)```\n\n(\|.*?\n)(?!\|)", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def samples() -> list[Record]:
    """All our samples, annotated, as Kafka would bring them."""
    pipelines = Pipelines({"en": "en_wire"})
    read = [one for one in parse_input(ROOT / "cli/quotewire/samples") if not isinstance(one, RejectedInput)]
    assert len(read) == 13
    return [
        Record(
            "news.article.enriched.v1", 0, at, one.article_id.encode(), encode(annotate_article(one, pipelines)), (), 0
        )
        for at, one in enumerate(read)
    ]


@pytest.fixture
async def reader(samples: list[Record], postgres_dsn: str) -> AsyncIterator[psycopg.Connection[Any]]:
    """A session that may only read, on a store that holds all samples."""
    store = StoreHandler(store_database(postgres_dsn))
    await store.start()
    results = await store.handle(samples)
    await store.stop()
    assert all(isinstance(one, Done) for one in results)
    with psycopg.connect(postgres_dsn) as connection:
        connection.execute("SET ROLE quotewire_reader")
        yield connection


async def test_every_printed_statement_answers_in_the_columns_shown(reader: psycopg.Connection[Any]) -> None:
    assert len(QUESTIONS) == PAGE.count("```sql"), "each statement is followed by its answer"
    for statement, answer in QUESTIONS:
        columns = [cell.strip() for cell in answer.splitlines()[0].strip("|").split("|")]
        cursor = reader.execute(statement.encode())
        assert [column.name for column in cursor.description or ()] == columns, statement
        assert cursor.fetchall(), statement
