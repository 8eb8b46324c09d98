"""`quotewire discover`."""

import asyncio
import sys
from typing import Annotated

import typer

from quotewire.options import UrlOption, check_url_option, non_empty
from quotewire.output import OutputFormat, print_rows
from quotewire.verb_group import VerbCommand, new_app

app = new_app()
COLUMNS = ["kind", "url", "named_by", "entries", "newest", "per_day", "problem"]


@app.command(cls=VerbCommand)
def discover(
    targets: Annotated[
        list[str],
        typer.Argument(metavar="FEED|SITEMAP|PAGE …", parser=non_empty, help="Addresses, or saved files."),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per target, for programs.")] = False,
    entries: Annotated[
        bool, typer.Option("--entries", help="Of a page or an index, print the entries of everything that it leads to.")
    ] = False,
    url: UrlOption = None,
) -> int:
    """Show what polling an address would find, without a broker and without fetching any article.

    A feed or a sitemap gives its entries, one JSON object per line. A page or a sitemap index gives a table of what it
    leads to: feeds and sitemaps with the number of their entries, the newest, how many to expect per day, and what is
    wrong with them. Parsing one ends after QUOTEWIRE_READ__DEADLINE_S. The exit code is 2 where nothing was found.

    Example:
        quotewire discover https://example.org/feed.xml | jq -r .url
        quotewire discover https://example.org/
    """
    from quotewire_ingest.offline import OfflineSettings
    from quotewire_ingest.sources.preview import preview
    from quotewire_runtime.config.settings import load

    check_url_option(url, targets)
    code = 0
    settings = load(OfflineSettings)
    for target in targets:
        found = asyncio.run(preview(target, settings.fetch, settings.read, url=url))
        for problem in found.problems:
            print(f"quotewire: {problem}", file=sys.stderr)
        code = 2 if not any(one.entries for one in found.found) else code
        if as_json:
            print(found.model_dump_json(exclude=None if entries else {"entries"}), flush=True)
        elif entries or found.kind in ("feed", "sitemap"):
            for entry in found.entries:
                print(entry.model_dump_json(), flush=True)
            for one in found.found:
                if one.problem:
                    print(f"quotewire: {one.url}: {one.problem}", file=sys.stderr)
        elif found.found:
            print_rows([one.model_dump() for one in found.found], COLUMNS, OutputFormat.TABLE)
    return code
