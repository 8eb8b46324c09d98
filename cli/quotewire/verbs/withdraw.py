"""`quotewire withdraw`."""

import re
from typing import Annotated

import typer

from quotewire.ingest_client import queue_conninfo
from quotewire.options import HomeOption, non_empty
from quotewire.verb_group import VerbCommand, new_app

app = new_app()


@app.command(cls=VerbCommand)
def withdraw(
    articles: Annotated[
        list[str], typer.Argument(metavar="ARTICLE_ID|URL …", parser=non_empty, help="What to take back.")
    ],
    home: HomeOption = None,
    why: Annotated[str, typer.Option(metavar="WORDS", help="Stored with the entry on the do-not-ingest list.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Let the articles in again instead.")] = False,
) -> int:
    """Take articles back: text, quotations, links and raw bytes are deleted, and they stay out until lifted.

    Every consumer gets a record with change `withdrawn`. Any address that ever led to an article finds it, and all of
    them are refused afterwards.

    Example:
        quotewire withdraw https://example.org/ferry-late --why "asked for by the publisher"
    """
    for one in articles:
        if "://" not in one and not re.fullmatch("[0-9a-f]{32}", one):
            raise typer.BadParameter(f"{one!r} is neither an address nor an article_id (32 hexadecimal digits)")
    from quotewire_ingest.queue.submit_command import lift_articles, withdraw_articles

    if lift:
        return lift_articles(queue_conninfo(home), articles)
    return withdraw_articles(queue_conninfo(home), articles, why)
