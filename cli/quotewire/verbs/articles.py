"""`quotewire articles`."""

import sys
from typing import Annotated

import typer

from quotewire.options import FormatOption, HomeOption, LimitOption, OutletOption, SinceOption, UntilOption
from quotewire.store_client import key_of, moment, store
from quotewire.tables import Format, show
from quotewire_store.queries import ArticleFilter, ArticleRow
from quotewire_store.queries import articles as find

COLUMNS = [name for name in ArticleRow.model_fields if name != "text"]


def articles(
    since: SinceOption = None,
    until: UntilOption = None,
    outlet: OutletOption = None,
    about: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Somebody or something that is mentioned; a surname alone finds all of it."),
    ] = None,
    words: Annotated[str | None, typer.Option(metavar="TEXT", help="Words that stand in title or text.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Give the text, too (json and csv).")] = False,
    limit: LimitOption = 50,
    home: HomeOption = None,
    output: FormatOption = Format.TABLE,
) -> int:
    """Show the articles that are held, the newest first.

    The store is that of --home, or of QUOTEWIRE_POSTGRES__DSN, or of the stream on this machine.

    Example:
        quotewire articles --since yesterday --about "Ilvane Morrec"
        quotewire articles --text --format json | jq -r '.[0].text'
    """
    wanted = ArticleFilter(
        about=about,
        about_key=key_of(about),
        since=moment(since, "--since"),
        until=moment(until, "--until", end=True),
        outlet=outlet,
        words=words,
        with_text=text,
        limit=limit,
    )
    with store(home) as connection:
        rows = find(connection, wanted)
    if output is not Format.TABLE:
        kept = [row.model_dump(exclude=set() if text else {"text"}, mode="json") for row in rows]
        show(kept, [*COLUMNS, "text"] if text else COLUMNS, output)
        return 0
    if not rows:
        print("no article is held that fits; try fewer options", file=sys.stderr)
        return 0
    show(
        [_shown(row) for row in rows],
        ["date", "outlet", "title", "quotes", "article_id"],
        output,
        widths={"outlet": 14},
    )
    if len(rows) == limit:
        print(f"the newest {limit}; there may be more: --limit N", file=sys.stderr)
    return 0


def _shown(row: ArticleRow) -> dict[str, object]:
    return {
        "date": f"{row.news_time:%Y-%m-%d}",
        "outlet": row.outlet,
        "title": row.title,
        "quotes": row.quotes,
        "article_id": row.article_id,
    }
