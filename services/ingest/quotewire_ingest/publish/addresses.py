"""SQL over the addresses that led to articles: requested, redirected to, final and canonical ones.

A table of hashes: the hash of an address is the ``article_id`` that an article identified by it would have.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from quotewire_ingest.identity import article_id_of_url
from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.urls import is_home_page, is_url, normalize_url
from quotewire_runtime.postgres.connection import Connection


def address_ids(urls: Iterable[str | None]) -> list[str]:
    """Return the hashes of URLs, each once; what is no http(s) URL is left out.

    A home page is left out, too: many sites redirect through it to set a cookie, so it would lead to every article.
    """
    found = set()
    for url in urls:
        if url is None:
            continue
        try:
            if not is_home_page(normalize_url(url)):
                found.add(article_id_of_url(url))
        except ValueError:
            continue
    return sorted(found)


def addresses_of(document: Document, parsed: ParsedArticle) -> list[str]:
    """Return the hashes of every address that led to a parsed article."""
    return address_ids([*document.requested_urls, document.url, parsed.url, parsed.canonical_url])


def entry_addresses(document: Document, parsed: ParsedArticle) -> list[str]:
    """Return the hashes of the addresses that are refused when they are on the do-not-ingest list.

    Those between the requested and the final one are not: a page that only sets a cookie leads to every article.
    """
    return address_ids([*document.requested_urls[:1], document.url, parsed.url, parsed.canonical_url])


async def remember(connection: Connection, article_id: str, addresses: list[str]) -> bool:
    """Write down that addresses led to an article; return whether one of them is new."""
    if not addresses:
        return False
    cursor = await connection.execute(
        "INSERT INTO ingest.article_addresses (address, article_id)"
        " SELECT address, %s FROM unnest(%s::text[]) AS address ON CONFLICT DO NOTHING",
        (article_id, addresses),
    )
    return cursor.rowcount > 0


async def articles_at(connection: Connection, article: str) -> list[str]:
    """Return the ids of the articles that an address led to; an ``article_id`` is returned as it is.

    Where it led to none, the id that an article identified by the address would have. Raises ``ValueError`` for what is
    no http(s) URL.
    """
    if not is_url(article):
        return [article]
    own = article_id_of_url(article)
    cursor = await connection.execute(
        "SELECT article_id FROM ingest.article_addresses WHERE address = %s UNION"
        " SELECT article_id FROM ingest.articles WHERE article_id = %s ORDER BY 1",
        (own, own),
    )
    return [row[0] for row in await cursor.fetchall()] or [own]


async def keep_out_addresses(connection: Connection, article_id: str | None) -> None:
    """Put the addresses of a withdrawn article on the do-not-ingest list; None: those of all.

    Except those that led to another article, too, which was not withdrawn: a page such as `/latest`.
    """
    await connection.execute(
        "INSERT INTO ingest.do_not_ingest (article_id, why, of_article)"
        " SELECT a.address, listed.why, listed.article_id FROM ingest.article_addresses a"
        " JOIN ingest.do_not_ingest listed ON listed.article_id = a.article_id"
        " WHERE a.article_id = coalesce(%s, a.article_id) AND NOT EXISTS (SELECT FROM ingest.article_addresses other"
        " WHERE other.address = a.address"
        " AND NOT EXISTS (SELECT FROM ingest.do_not_ingest d WHERE d.article_id = other.article_id))"
        " ON CONFLICT DO NOTHING",
        (article_id,),
    )


async def let_in_addresses(connection: Connection, article_ids: Sequence[str]) -> None:
    """Take the addresses of articles off the do-not-ingest list, except those that somebody put on it by themselves."""
    await connection.execute(
        "DELETE FROM ingest.do_not_ingest d USING ingest.article_addresses a WHERE d.article_id = a.address"
        " AND d.of_article IS NOT NULL AND a.article_id = ANY(%s)",
        (list(article_ids),),
    )


@dataclass(frozen=True, slots=True)
class BackfillPosition:
    """How far :func:`backfill` came: the last article, and the last input."""

    article_id: str = ""
    input_id: int = 0


async def backfill(connection: Connection, after: BackfillPosition, limit: int) -> BackfillPosition | None:
    """Remember the addresses of articles that earlier releases published; None where nothing is left after a position.

    What those releases kept: the final and the canonical URL, and for thirty days the one that was requested.
    """
    cursor = await connection.execute(
        "SELECT article_id, ARRAY[url, canonical_url], 0 FROM ingest.articles a WHERE article_id > %s"
        " AND url IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM ingest.article_addresses known WHERE known.article_id = a.article_id)"
        " ORDER BY article_id LIMIT %s",
        (after.article_id, limit),
    )
    rows = await cursor.fetchall()
    if not rows:  # the inputs afterwards: an article of which an address is known is passed over above
        cursor = await connection.execute(
            "SELECT article_id, ARRAY[name], input_id FROM ingest.inputs WHERE input_id > %s AND kind = 'address'"
            " AND article_id IS NOT NULL ORDER BY input_id LIMIT %s",
            (after.input_id, limit),
        )
        rows = await cursor.fetchall()
    for article_id, urls, _ in rows:
        await remember(connection, article_id, address_ids(urls))
    if not rows:
        # Not before: an address counts as a withdrawn article's only while no other article of it is known.
        await keep_out_addresses(connection, None)
        return None
    article_id, _, input_id = rows[-1]
    return BackfillPosition(after.article_id, input_id) if input_id else BackfillPosition(article_id)
