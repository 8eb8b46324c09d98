"""`quotewire ingest`: the service; with inputs an alias of `quotewire submit`."""

from typing import Annotated

import typer

from quotewire.options import HomeOption, SourceOption, UrlOption, non_empty
from quotewire.verb_group import VerbCommand, new_app
from quotewire.verbs.submit import BackfillOption, submit

app = new_app()


@app.command(cls=VerbCommand)
def ingest(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|URL …", parser=non_empty, help="Inputs to submit to a running stream."),
    ] = None,
    home: HomeOption = None,
    source: SourceOption = None,
    url: UrlOption = None,
    backfill: BackfillOption = False,
) -> int:
    """Run the ingest service; with inputs: the same as `quotewire submit`, to a stream that runs.

    The service takes its settings from the environment. The options belong to the inputs.

    Example:
        QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS=localhost:9092 quotewire ingest
        quotewire submit --home ./stream articles/ https://example.org/feed.xml
    """
    if targets:
        return submit(targets, home, source, url, backfill)
    if home is not None or source is not None or url is not None:
        raise typer.BadParameter("nothing to submit: name files, folders or addresses")
    from quotewire_ingest.__main__ import main

    main()
    return 0
