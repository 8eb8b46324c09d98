"""`quotewire read`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from quotewire.options import SourceOption, UrlOption, check_url_option, non_empty
from quotewire.verb_group import VerbCommand, new_app

app = new_app()


@app.command(cls=VerbCommand)
def read(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|FOLDER|URL …",
            parser=non_empty,
            help="Text, HTML or JSON Lines files, folders of them, addresses.",
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help='Lines {"path": …, "url": …}: saved pages with their addresses.'),
    ] = None,
    url: UrlOption = None,
    source: SourceOption = None,
) -> int:
    """Parse pages, texts and addresses into articles: one JSON record per line on stdout, no broker needed.

    What cannot be parsed gets one line on stderr; the others are still printed, and the exit code is 2.

    Example:
        quotewire read --url https://example.org/ferry-late page.html | jq '{title, authors, published_at}'
    """
    from quotewire_ingest.offline import parse_inputs
    from quotewire_ingest.rejection import RejectedInput

    targets = targets or []
    if not targets and manifest is None:
        raise typer.BadParameter("nothing to read: name a file, a folder or an address, or give --manifest")
    check_url_option(url, targets if manifest is None else [*targets, str(manifest)])
    failures = 0
    for item in parse_inputs(targets, url=url, source_id=source, manifest=manifest):
        if isinstance(item, RejectedInput):
            failures += 1
            print(f"quotewire: {item}", file=sys.stderr, flush=True)
        else:
            print(item.model_dump_json(), flush=True)
    return 2 if failures else 0
