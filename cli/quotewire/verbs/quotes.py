"""`quotewire quotes`."""

from typing import Annotated

import typer

from quotewire.options import FormatOption, HomeOption, LimitOption, OutletOption, SinceOption, UntilOption
from quotewire.output import OutputFormat
from quotewire.store_client import Listing, fold_name, print_newest
from quotewire.verb_group import VerbCommand, new_app
from quotewire_schemas import Kind
from quotewire_store.queries import QuoteFilter, QuoteRow
from quotewire_store.queries import quotes as find_quotes

app = new_app()
WIDTHS = {"speaker": 18, "outlet": 12}
"""Characters; of 80, half are left for the quotation."""


@app.command(cls=VerbCommand)
def quotes(
    speaker: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who says it, in any spelling; a surname alone finds all of it.")
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    words: Annotated[str | None, typer.Option(metavar="TEXT", help="Words that the quotation contains.")] = None,
    outlet: OutletOption = None,
    kind: Annotated[Kind | None, typer.Option(case_sensitive=False, help="How the words are given.")] = None,
    min_confidence: Annotated[
        float | None, typer.Option(min=0, max=1, metavar="0…1", help="Leave out what is less certain.")
    ] = None,
    limit: LimitOption = 50,
    home: HomeOption = None,
    output: FormatOption = OutputFormat.TABLE,
) -> None:
    """Show who said what, the newest first.

    The store is that of --home, or of QUOTEWIRE_POSTGRES__DSN, or of the stream on this machine.

    Example:
        quotewire quotes --speaker Morrec --since 7d
        quotewire quotes --outlet "Harbour Post" --format json | jq '.[].content'
    """
    wanted = QuoteFilter(
        since=since, until=until, outlet=outlet, words=words, limit=limit,
        speaker=speaker, speaker_key=fold_name(speaker), kind=kind, min_confidence=min_confidence,
    )  # fmt: skip
    listing = Listing("quotation", list(QuoteRow.model_fields), _table_row, WIDTHS)
    print_newest(home, find_quotes, wanted, listing, output)


def _table_row(row: QuoteRow) -> dict[str, object]:
    return {
        "date": f"{row.news_time:%Y-%m-%d}",
        "speaker": " & ".join(name or "?" for name in row.speakers) or "?",
        "quotation": row.content,
        "outlet": row.outlet,
    }
