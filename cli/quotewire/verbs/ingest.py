from pathlib import Path
from typing import Annotated

import typer

from quotewire.options import HomeOption, SourceOption, UrlOption, goes_with_one_file, named


def ingest(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH|URL …", parser=named, help="Files, folders, pages or feeds to feed a running stream with."
        ),
    ] = None,
    home: HomeOption = None,
    source: SourceOption = None,
    url: UrlOption = None,
    backfill: Annotated[
        bool, typer.Option("--backfill", help="Mark the articles as old ones, so that no age is measured.")
    ] = False,
) -> None:
    """Feed a running stream and wait until every input has its outcome; without inputs: run the ingest service itself.

    What gives no article gets one line on stderr, and the exit code is 2. A service that is being restarted is only a
    pause. The service alone takes its settings from the environment.

    Example:
        quotewire ingest --home ./stream articles/ https://example.org/feed.xml
        QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS=localhost:9092 quotewire ingest
    """
    if not targets:
        if home is not None or source is not None or url is not None:
            raise typer.BadParameter("nothing to feed: name files, folders or addresses")
        from quotewire_ingest.__main__ import main

        main()
        return
    goes_with_one_file(url, targets)
    from quotewire_ingest.queue.client import feed_and_tell

    raise typer.Exit(feed_and_tell(conninfo_of(home), targets, source_id=source, url=url, backfill=backfill))


def conninfo_of(home: Path | None) -> str:
    """Where PostgreSQL of the home answers, or of the environment."""
    from quotewire.local.home import reach
    from quotewire_ingest.settings import Settings
    from quotewire_runtime.config.settings import load

    reach(home)
    return load(Settings).postgres.conninfo()
