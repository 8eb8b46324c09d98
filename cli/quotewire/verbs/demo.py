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
from quotewire.local.stream import check_settings
from quotewire.options import named
from quotewire.progress import progress, summary
from quotewire.tables import Format, show
from quotewire.verbs.down import stop
from quotewire_runtime.errors import QuotewireError

SAMPLES = Path(__file__).parent.parent / "samples"
STORED_WITHIN = 120.0  # seconds; the dozen articles take about 3
HEADLINE, SPEAKER, SAID = 30, 28, 100  # characters of the columns of the table, at most

_HEADLINE = "coalesce(a.title, left(a.text, position(chr(10) IN a.text || chr(10)) - 1))"
_QUOTES = f"""
SELECT * FROM (
    SELECT {_HEADLINE} AS headline, array_to_string(speakers, ' and ') AS speaker, kind, content,
           q.article_id, q.position, row_number() OVER (PARTITION BY q.article_id ORDER BY q.position) AS nth
    FROM news.quotes_current q JOIN news.articles_current a USING (article_id)) q
WHERE nth <= %(most)s ORDER BY article_id, position
"""  # noqa: S608 - put together from our own words
_ARTICLES = f"""
SELECT {_HEADLINE} AS headline, a.language, a.annotation_status AS annotation,
       (SELECT count(*) FROM news.entities e WHERE e.article_id = a.article_id) AS entities,
       (SELECT count(*) FROM news.quotations q WHERE q.article_id = a.article_id) AS quotations
FROM news.articles_current a ORDER BY a.article_id
"""  # noqa: S608 - put together from our own words


def demo(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH …", parser=named, help="Articles of yours instead of our samples."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the home there; else it is a passing one, removed at the end."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, metavar="N", help="Quotations shown per article.")] = 6,
) -> int:
    """Run a dozen sample articles (all invented) through the whole stream, and show who said what.

    Starts real Kafka, PostgreSQL and the three services in a home of its own, and stops them again. The first run
    downloads Kafka (44 MB); later ones need no network.

    Example:
        quotewire demo
        quotewire demo my-articles/ --keep ./stream
    """
    check_settings()
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
            stop(place)
            kept = f"kept in {root}" if keep is not None else "removed"
            print(f"stopped; nothing is left running, the home is {kept}", file=sys.stderr)
    finally:
        if keep is None:
            shutil.rmtree(root, ignore_errors=True)


def _run(place: Home, inputs: list[str], most: int) -> int:
    with progress() as shown:
        state = launch(place, shown.show, tied=True)
        shown.note(summary(state))
        code = feed(place, inputs, shown)
        published = _published(state)
        if not wait_stored(place, published, STORED_WITHIN):
            raise QuotewireError(
                f"not all of {published} articles are stored after {STORED_WITHIN:.0f} s: {place.logs}"
            )
    _tell(state, most)
    return 0 if inputs == [str(SAMPLES)] else code


def _tell(state: State, most: int) -> None:
    """Print who said what, the articles, and how much stands in each topic and table."""
    assert state.kafka is not None
    assert state.postgres is not None
    wide = shutil.get_terminal_size((160, 40)).columns
    said = max(30, min(SAID, wide - HEADLINE - SPEAKER - 16))
    articles = _rows(state, _ARTICLES, {})
    total = sum(row["quotations"] for row in articles)
    rows, before = [], None
    for row in _rows(state, _QUOTES, {"most": most}):
        headline = " " if row["article_id"] == before else _short(row["headline"], HEADLINE)
        before = row["article_id"]
        who = _short(row["speaker"] or "–", SPEAKER)
        rows.append({"": headline, "who": who, "kind": row["kind"], "said": _short(row["content"], said)})
    title = f"Who said what: {len(rows)} of {total} quotations, at most {most} of an article (--most shows more)"
    print()
    show(rows, ["", "who", "kind", "said"], Format.TABLE, title=title)
    print()
    columns = ["article", "language", "annotation", "entities", "quotations"]
    show([{"article": _short(row["headline"], 60), **row} for row in articles], columns, Format.TABLE)
    counts = count(state.kafka, state.postgres)
    for kind, unit, numbers in (("topic", "records", counts.topics), ("table", "rows", counts.tables)):
        print()
        show([{kind: name, unit: number} for name, number in numbers.items()], [kind, unit], Format.TABLE)
    print(flush=True)


def _short(text: str, most: int) -> str:
    words = " ".join(text.split())
    return words if len(words) <= most else f"{words[: most - 1]}…"


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
