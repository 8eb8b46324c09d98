"""`quotewire reread`."""

from typing import Annotated

import typer

from quotewire.options import HomeOption, SinceOption
from quotewire.store_client import conninfo, moment


def reread(
    home: HomeOption = None,
    source: Annotated[str | None, typer.Option(metavar="ID", help="Articles of this source only.")] = None,
    since: SinceOption = None,
    most: Annotated[int | None, typer.Option("--max", min=1, metavar="N", help="At most so many in this run.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Also those that this very release has read, for a reader in the making.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say how many it would be, and read none.")] = False,
) -> None:
    """Read articles again from the raw bytes that were kept: what a better reader makes of them is their next revision.

    Only articles that another release has read, and whose raw bytes are kept (QUOTEWIRE_ARCHIVE__FOLDER). Where nothing
    differs, nothing is published; else a record with change `reread`. --since looks at when an article last changed.

    Example:
        quotewire reread --source harbour-post --since 30d --max 1000 --dry-run
    """
    from quotewire_ingest.queue.select import Choice, reread_and_tell

    choice = Choice(source, moment(since, "--since"), most, every)
    raise typer.Exit(reread_and_tell(conninfo(home), choice, dry_run))
