"""`quotewire submit`."""

from typing import Annotated

import typer

from quotewire.ingest_client import queue_conninfo
from quotewire.options import HomeOption, SourceOption, UrlOption, check_url_option, non_empty
from quotewire.verb_group import VerbCommand, new_app

app = new_app()

BackfillOption = Annotated[
    bool, typer.Option("--backfill", help="Mark the articles as old ones, so that no age is measured.")
]


@app.command(cls=VerbCommand)
def submit(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="PATH|URL …", parser=non_empty, help="Files, folders, pages or feeds."),
    ],
    home: HomeOption = None,
    source: SourceOption = None,
    url: UrlOption = None,
    backfill: BackfillOption = False,
) -> int:
    """Submit inputs to a running stream, and wait until every one has its outcome.

    What gives no article gets one line on stderr, and the exit code is 2. A service that restarts only delays it.

    Example:
        quotewire submit article.html
        quotewire submit --home ./stream articles/ https://example.org/feed.xml
    """
    check_url_option(url, targets)
    from quotewire_ingest.queue.submit_command import submit_targets

    return submit_targets(queue_conninfo(home), targets, source_id=source, url=url, backfill=backfill)
