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

from quotewire.ingest_client import submit_with_progress
from quotewire.local.daemon import launch
from quotewire.local.home import Home
from quotewire.local.service import check_service_settings
from quotewire.local.state import StreamState
from quotewire.options import non_empty
from quotewire.output import OutputFormat, print_rows
from quotewire.progress import open_progress, startup_summary
from quotewire.stream_counts import count_stream, wait_until_stored
from quotewire.verb_group import VerbCommand, new_app
from quotewire.verbs.down import stop_stream
from quotewire_runtime.errors import QuotewireError

app = new_app()
SAMPLES = Path(__file__).parent.parent / "samples"
STORE_TIMEOUT_S = 120.0  # the dozen articles take about 3 s
MAX_HEADLINE, MAX_SPEAKER, MAX_QUOTATION = 30, 28, 100  # characters in the columns of the table

_HEADLINE = "coalesce(a.title, left(a.text, position(chr(10) IN a.text || chr(10)) - 1))"
_QUOTES = f"""
SELECT * FROM (
    SELECT {_HEADLINE} AS headline, array_to_string(speakers, ' and ') AS speaker, kind, content,
           q.article_id, q.position, row_number() OVER (PARTITION BY q.article_id ORDER BY q.position) AS nth
    FROM news.quotes_current q JOIN news.articles_current a USING (article_id)) q
WHERE nth <= %(maximum)s ORDER BY article_id, position
"""  # noqa: S608 - composed of our own literals
_ARTICLES = f"""
SELECT {_HEADLINE} AS headline, a.language, a.annotation_status AS annotation,
       (SELECT count(*) FROM news.entities e WHERE e.article_id = a.article_id) AS entities,
       (SELECT count(*) FROM news.quotations q WHERE q.article_id = a.article_id) AS quotations
FROM news.articles_current a ORDER BY a.article_id
"""  # noqa: S608 - composed of our own literals


@app.command(cls=VerbCommand)
def demo(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH …", parser=non_empty, help="Your own articles instead of our samples."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the home there; otherwise it is a temporary one, removed at the end."),
    ] = None,
    maximum: Annotated[int, typer.Option("--most", min=1, metavar="N", help="Quotations shown per article.")] = 6,
) -> int:
    """Run a dozen sample articles (all invented) through the whole stream, and show who said what.

    Starts real Kafka, PostgreSQL and the three services in a home of its own, and stops them again. The first run
    downloads Kafka (44 MB); later ones need no network.

    Example:
        quotewire demo
        quotewire demo my-articles/ --keep ./stream
    """
    check_service_settings()
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    root = keep if keep is not None else Path(tempfile.mkdtemp(prefix="quotewire-demo-"))
    try:
        home = Home(root)
        if home.read_state().supervised():
            raise QuotewireError(f"a stream runs on {root}; stop it first: quotewire down --home {root}")
        try:
            return _run(home, inputs or [str(SAMPLES)], maximum)
        finally:
            stop_stream(home)
            end = f"kept in {root}" if keep is not None else "removed"
            print(f"stopped; nothing is left running, the home is {end}", file=sys.stderr)
    finally:
        if keep is None:
            shutil.rmtree(root, ignore_errors=True)


def _run(home: Home, inputs: list[str], maximum: int) -> int:
    with open_progress() as progress:
        state = launch(home, progress.show, tied=True)
        progress.note(startup_summary(state))
        code = submit_with_progress(home, inputs, progress)
        published = _published(state)
        if not wait_until_stored(home, published, STORE_TIMEOUT_S):
            raise QuotewireError(
                f"not all of {published} articles are stored after {STORE_TIMEOUT_S:.0f} s: {home.logs}"
            )
    _print_result(state, maximum)
    return 0 if inputs == [str(SAMPLES)] else code


def _print_result(state: StreamState, maximum: int) -> None:
    """Print who said what, the articles, and the number of records in each topic and rows in each table."""
    terminal = shutil.get_terminal_size((160, 40)).columns
    quotation_width = max(30, min(MAX_QUOTATION, terminal - MAX_HEADLINE - MAX_SPEAKER - 16))
    articles = _rows(state, _ARTICLES, {})
    total = sum(row["quotations"] for row in articles)
    rows, before = [], None
    for row in _rows(state, _QUOTES, {"maximum": maximum}):
        headline = " " if row["article_id"] == before else _shorten(row["headline"], MAX_HEADLINE)
        before = row["article_id"]
        who = _shorten(row["speaker"] or "–", MAX_SPEAKER)
        rows.append({"": headline, "who": who, "kind": row["kind"], "said": _shorten(row["content"], quotation_width)})
    title = f"Who said what: {len(rows)} of {total} quotations, at most {maximum} of an article (--most shows more)"
    print()
    print_rows(rows, ["", "who", "kind", "said"], OutputFormat.TABLE, title=title)
    print()
    columns = ["article", "language", "annotation", "entities", "quotations"]
    print_rows([{"article": _shorten(row["headline"], 60), **row} for row in articles], columns, OutputFormat.TABLE)
    counts = count_stream(*state.addresses())
    for kind, unit, numbers in (("topic", "records", counts.topics), ("table", "rows", counts.tables)):
        print()
        print_rows([{kind: name, unit: number} for name, number in numbers.items()], [kind, unit], OutputFormat.TABLE)
    print(flush=True)


def _shorten(text: str, width: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _published(state: StreamState) -> int:
    rows = _rows(state, "SELECT count(DISTINCT article_id) AS n FROM ingest.inputs WHERE article_id IS NOT NULL", {})
    return int(rows[0]["n"])


def _rows(state: StreamState, query: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    with psycopg.connect(state.addresses()[1], row_factory=dict_row) as connection:
        return connection.execute(query.encode(), values).fetchall()


def _interrupt(_number: int, _frame: object) -> None:
    print("quotewire: stopping", file=sys.stderr)
    raise KeyboardInterrupt
