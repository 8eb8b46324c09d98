"""`quotewire articles`."""

from typing import Annotated

import typer

from quotewire.options import FormatOption, HomeOption, LimitOption, OutletOption, SinceOption, UntilOption
from quotewire.output import OutputFormat
from quotewire.store_client import Listing, fold_name, print_newest
from quotewire.verb_group import VerbCommand, new_app
from quotewire_store.queries import ArticleFilter, ArticleRow
from quotewire_store.queries import articles as find_articles

app = new_app()


@app.command(cls=VerbCommand)
def articles(
    since: SinceOption = None,
    until: UntilOption = None,
    outlet: OutletOption = None,
    about: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A person or thing that is mentioned; a surname alone finds all of it."),
    ] = None,
    words: Annotated[str | None, typer.Option(metavar="TEXT", help="Words that title or text contain.")] = None,
    text: Annotated[bool, typer.Option("--text", help="Print the text as well (json and csv).")] = False,
    limit: LimitOption = 50,
    home: HomeOption = None,
    output: FormatOption = OutputFormat.TABLE,
) -> None:
    """Show the stored articles, the newest first.

    The store is that of --home, or of QUOTEWIRE_POSTGRES__DSN, or of the stream on this machine.

    Example:
        quotewire articles --since yesterday --about "Ilvane Morrec"
        quotewire articles --text --format json | jq -r '.[0].text'
    """
    wanted = ArticleFilter(
        since=since, until=until, outlet=outlet, words=words, limit=limit,
        about=about, about_key=fold_name(about), with_text=text,
    )  # fmt: skip
    fields = [name for name in ArticleRow.model_fields if text or name != "text"]
    listing = Listing("article", fields, _table_row, {"outlet": 14})
    print_newest(home, find_articles, wanted, listing, output)


def _table_row(row: ArticleRow) -> dict[str, object]:
    return {
        "date": f"{row.news_time:%Y-%m-%d}",
        "outlet": row.outlet,
        "title": row.title,
        "quotes": row.quotes,
        "article_id": row.article_id,
    }
