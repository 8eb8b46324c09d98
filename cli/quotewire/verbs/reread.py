"""`quotewire reread`."""

from typing import Annotated

import typer

from quotewire.options import HomeOption, SinceOption
from quotewire.store_client import conninfo
from quotewire.verb_group import VerbCommand, new_app

app = new_app()


@app.command(cls=VerbCommand)
def reread(
    home: HomeOption = None,
    source: Annotated[str | None, typer.Option(metavar="ID", help="Articles of this source only.")] = None,
    since: SinceOption = None,
    maximum: Annotated[
        int | None, typer.Option("--max", min=1, metavar="N", help="At most so many in this run.")
    ] = None,
    include_current: Annotated[
        bool, typer.Option("--all", help="Also those that this very release has parsed, for a parser in development.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print how many it would be, and parse none.")] = False,
) -> int:
    """Parse the archived raw bytes of articles again: what a better parser makes of them is their next revision.

    Only articles that another release has parsed, and whose raw bytes are archived (QUOTEWIRE_ARCHIVE__FOLDER). Where
    nothing differs, nothing is published; else a record with change `reread`. --since compares with the time at which
    an article last changed.

    Example:
        quotewire reread --source harbour-post --since 30d --max 1000 --dry-run
    """
    from quotewire_ingest.archive.select import Selection
    from quotewire_ingest.queue.submit_command import reparse_articles

    selection = Selection(source, since, maximum, include_current)
    return reparse_articles(conninfo(home), selection, dry_run)
