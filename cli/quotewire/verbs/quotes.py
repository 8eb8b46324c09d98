"""`quotewire quotes`."""

import sys
from typing import Annotated

import typer

from quotewire.options import FormatOption, HomeOption, LimitOption, OutletOption, SinceOption, UntilOption
from quotewire.store_client import key_of, moment, store
from quotewire.tables import Format, show
from quotewire_schemas import Kind
from quotewire_store.queries import QuoteFilter, QuoteRow
from quotewire_store.queries import quotes as find

COLUMNS = list(QuoteRow.model_fields)
WIDTHS = {"speaker": 18, "outlet": 12}
"""Characters: of 80, the quotation gets half."""


def quotes(
    speaker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who says it, in any spelling; a surname alone finds all of it.")
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    words: Annotated[str | None, typer.Option(metavar="TEXT", help="Words that stand in the quotation.")] = None,
    outlet: OutletOption = None,
    kind: Annotated[Kind | None, typer.Option(case_sensitive=False, help="How the words are given.")] = None,
    min_confidence: Annotated[
        float | None, typer.Option(min=0, max=1, metavar="0…1", help="Leave out what is less certain.")
    ] = None,
    limit: LimitOption = 50,
    home: HomeOption = None,
    output: FormatOption = Format.TABLE,
) -> int:
    """Show who said what, the newest first.

    The store is that of --home, or of QUOTEWIRE_POSTGRES__DSN, or of the stream on this machine.

    Example:
        quotewire quotes --speaker Morrec --since 7d
        quotewire quotes --outlet "Harbour Post" --format json | jq '.[].content'
    """
    wanted = QuoteFilter(
        speaker=speaker,
        speaker_key=key_of(speaker),
        since=moment(since, "--since"),
        until=moment(until, "--until", end=True),
        outlet=outlet,
        words=words,
        kind=kind,
        min_confidence=min_confidence,
        limit=limit,
    )
    with store(home) as connection:
        rows = find(connection, wanted)
    if output is not Format.TABLE:
        show(rows, COLUMNS, output)
        return 0
    if not rows:
        print("no quotation is held that fits; try fewer options", file=sys.stderr)
        return 0
    show([_shown(row) for row in rows], ["date", "speaker", "quotation", "outlet"], output, widths=WIDTHS)
    if len(rows) == limit:
        print(f"the newest {limit}; there may be more: --limit N", file=sys.stderr)
    return 0


def _shown(row: QuoteRow) -> dict[str, object]:
    return {
        "date": f"{row.news_time:%Y-%m-%d}",
        "speaker": " & ".join(name or "?" for name in row.speakers) or "?",
        "quotation": row.content,
        "outlet": row.outlet,
    }
