"""`quotewire demo`."""

import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from psycopg.rows import dict_row

from quotewire.counts import count
from quotewire.feeding import feed, wait_stored
from quotewire.local.daemon import launch
from quotewire.local.home import Home, State
from quotewire.progress import progress, summary
from quotewire.tables import Format, show
from quotewire.verbs.down import down
from quotewire_runtime.errors import QuotewireError

SAMPLES = Path(__file__).parent.parent / "samples"
REFUSED = 1  # of the samples, one file is empty on purpose
STORED_WITHIN = 120.0  # seconds; the dozen articles take about 3
WIDEST = 100  # characters of a quotation in the table: the line stays readable on a terminal of 160
LONG = "hearing"  # the long sample has dozens of quotations: the table shows the first few

# Who said what, in the order of the articles; of an article with many quotations only the first few.
_QUOTES = """
SELECT * FROM (
    SELECT coalesce(nullif(array_to_string(speakers, ' and '), ''), '–') AS speaker, kind,
           CASE WHEN length(content) > %(widest)s THEN left(content, %(widest)s - 1) || '…' ELSE content END AS said,
           coalesce(title, '–') AS article, article_id, position,
           row_number() OVER (PARTITION BY article_id ORDER BY position) AS nth
    FROM news.quotes_current) q
WHERE nth <= %(most)s ORDER BY article_id, position
"""
_OUTCOMES = """
SELECT coalesce(a.title, left(a.text, 50) || '…') AS article, a.language, a.annotation_status AS annotation,
       (SELECT count(*) FROM news.entities e WHERE e.article_id = a.article_id) AS entities,
       (SELECT count(*) FROM news.quotations q WHERE q.article_id = a.article_id) AS quotations
FROM news.articles_current a ORDER BY a.article_id
"""


def demo(
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="PATH …", help="Articles of yours instead of our samples.")
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the home there; else it is a passing one, removed at the end."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Quotations shown per article.")] = 6,
) -> int:
    """Run a dozen sample articles (all invented) through the whole stream, and show who said what.

    Starts real Kafka, PostgreSQL and the three services in a home of its own, and stops them again. The first run
    downloads Kafka (44 MB); later ones need no network.

    Example:
        quotewire demo
        quotewire demo my-articles/ --keep ./stream
    """
    signal.signal(signal.SIGTERM, _as_interrupt)
    signal.signal(signal.SIGHUP, _as_interrupt)
    root = keep if keep is not None else Path(tempfile.mkdtemp(prefix="quotewire-demo-"))
    try:
        place = Home(root)
        if place.state().supervised():
            raise QuotewireError(f"a stream runs on {root}; stop it first: quotewire down --home {root}")
        try:
            return _run(place, inputs or [str(SAMPLES)], most)
        finally:
            down(root)
    finally:
        if keep is None:
            shutil.rmtree(root, ignore_errors=True)


def _run(place: Home, inputs: list[str], most: int) -> int:
    with progress() as shown:
        state = launch(place, shown.show)
        shown.note(summary(state))
        code = feed(place, inputs, shown)
        published = _published(state)
        if not wait_stored(place, published, STORED_WITHIN):
            raise QuotewireError(
                f"not all of {published} articles are stored after {STORED_WITHIN:.0f} s: {place.logs}"
            )
    assert state.kafka is not None
    assert state.postgres is not None
    print()
    quotes = _rows(state, _QUOTES, {"widest": WIDEST, "most": most})
    show(quotes, ["speaker", "kind", "said", "article"], Format.TABLE, title="Who said what")
    print()
    show(
        _rows(state, _OUTCOMES, {}),
        ["article", "language", "annotation", "entities", "quotations"],
        Format.TABLE,
        title="The articles",
    )
    counts = count(state.kafka, state.postgres)
    print()
    show([{"topic": name, "records": n} for name, n in counts.topics.items()], ["topic", "records"], Format.TABLE)
    print()
    show([{"table": name, "rows": n} for name, n in counts.tables.items()], ["table", "rows"], Format.TABLE)
    print(flush=True)
    return 0 if inputs == [str(SAMPLES)] else code


def _published(state: State) -> int:
    rows = _rows(state, "SELECT count(DISTINCT article_id) AS n FROM ingest.inputs WHERE article_id IS NOT NULL", {})
    return int(rows[0]["n"])


def _rows(state: State, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    assert state.postgres is not None
    with psycopg.connect(state.postgres, row_factory=dict_row) as connection:
        return connection.execute(query.encode(), values).fetchall()


def _as_interrupt(_number: int, _frame: object) -> None:
    print("quotewire: stopping", file=sys.stderr)
    raise KeyboardInterrupt
