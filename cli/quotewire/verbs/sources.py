"""`quotewire sources status`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from quotewire.options import FormatOption, HomeOption
from quotewire.output import OutputFormat, print_rows
from quotewire.store_client import connect_store
from quotewire.verb_group import VerbCommand, new_group

if TYPE_CHECKING:
    from quotewire_ingest.sources.status import FeedReport, SourceReport

app = new_group("The state of the sources.\n\n\b\nExample:\n    quotewire sources status")
COLUMNS = ["source", "state", "last_success", "last_yield", "per_day", "next_poll", "published", "why"]
FEED_COLUMNS = ["source", "url", "kind", "state", "last_success", "last_yield", "per_day", "next_poll", "why"]


@app.command(cls=VerbCommand)
def status(
    home: HomeOption = None,
    source: Annotated[str | None, typer.Option(metavar="ID", help="Of this source only.")] = None,
    silent: Annotated[bool, typer.Option("--silent", help="Only those that have something to report.")] = False,
    feeds: Annotated[bool, typer.Option("--feeds", help="One line for each feed, folder and push.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    output: FormatOption = OutputFormat.TABLE,
) -> None:
    """Show the state of each source: last success, last yield, expected rate, next poll, and why it is silent.

    The sources are those of --home, or of QUOTEWIRE_POSTGRES__DSN, or of the stream on this machine. `published` counts
    the articles of the last day.

    Example:
        quotewire sources status --silent
        quotewire sources status --json | jq '.[] | {source_id, state, why}'
    """
    from quotewire_ingest.sources.status import report_sources

    with connect_store(home) as connection:
        found = report_sources(connection)
    found = [one for one in found if (source is None or one.source_id == source) and (one.why or not silent)]
    if as_json:
        output = OutputFormat.JSON
    if output is OutputFormat.JSON:
        print_rows([one.model_dump(mode="json") for one in found], COLUMNS, output)
    elif not found:
        print(
            "no source matches" if source or silent else "no source was ever polled: name some in a sources.yaml"
            " (QUOTEWIRE_SOURCES__FILE, or quotewire up --sources)", file=sys.stderr,
        )  # fmt: skip
    elif feeds:
        rows = [
            {**feed.model_dump(), "source": feed.source_id, "per_day": _rate(feed.per_day), "why": _why(feed)}
            for one in found
            for feed in one.feeds
        ]
        print_rows(rows, FEED_COLUMNS, output)
    else:
        rows = [
            {
                **one.model_dump(exclude={"feeds"}), "source": one.source_id, "per_day": _rate(one.expected_per_day),
                "published": one.published_last_day, "why": _why(one),
            }
            for one in found
        ]  # fmt: skip
        print_rows(rows, COLUMNS, output)


def _why(one: "SourceReport | FeedReport") -> str | None:
    unverified = None if one.verify_tls else "certificates are not verified"
    return "; ".join(part for part in (one.why, unverified) if part) or None


def _rate(per_day: float | None) -> float | None:
    return None if per_day is None else round(per_day, 1)
