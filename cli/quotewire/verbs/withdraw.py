import re
from typing import Annotated

import typer

from quotewire.options import HomeOption, named


def withdraw(
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLE_ID|URL …", parser=named, help="What to take back.")],
    home: HomeOption = None,
    why: Annotated[str, typer.Option(metavar="WORDS", help="Kept with the entry on the do-not-ingest list.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="Let the articles in again instead.")] = False,
) -> None:
    """Take articles back: text, quotations, links and raw bytes are deleted, and they are kept out until lifted.

    Every consumer gets a record with change `withdrawn`.

    Example: quotewire withdraw https://example.org/ferry-late --why "asked for by the publisher"
    """
    for one in articles:
        if "://" not in one and not re.fullmatch("[0-9a-f]{32}", one):
            raise typer.BadParameter(f"{one!r} is neither an address nor an article_id (32 hexadecimal digits)")
    from quotewire.verbs.ingest import conninfo_of
    from quotewire_ingest.queue.client import order_and_tell
    from quotewire_ingest.queue.inputs import LIFT, WITHDRAW

    raise typer.Exit(order_and_tell(conninfo_of(home), LIFT if lift else WITHDRAW, articles, why))
