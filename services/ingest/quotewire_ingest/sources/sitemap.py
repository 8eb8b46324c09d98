"""Reads sitemaps, Google News' kind with what it says of each article. Given bytes, never an address."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin

from lxml import etree

from quotewire_ingest import dates
from quotewire_ingest.document import Stated
from quotewire_ingest.refusal import Reason, Refused
from quotewire_ingest.titles import plain

# The protocol's own bound is 50,000; news sitemaps hold two days and a thousand at most.
MOST_ENTRIES = 5000


def entries_of(body: bytes, base: str, now: datetime) -> Iterator[tuple[str, Stated, str]]:
    """Give address, statements and stamp of every entry of a `urlset`. Raises ``Refused`` (``invalid``)."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(Reason.INVALID, "not a sitemap") from error
    if root is None or _name(root) != "urlset":
        raise Refused(Reason.INVALID, "not a sitemap")
    for number, entry in enumerate(child for child in root if _name(child) == "url"):
        if number == MOST_ENTRIES:
            return
        # Images and videos have titles of their own: only what stands in the entry itself or in its news part counts.
        parts = [part for child in entry for part in ([child] if _name(child) != "news" else child)]
        said = {_name(part): (part.text or "").strip() for part in parts}
        if not said.get("loc"):
            continue
        stated = said.get("publication_date", "")
        moment = dates.parse(stated, now) if stated else None
        yield (
            urljoin(base, said["loc"]),
            Stated(
                plain(said.get("title")), (), moment.at if moment else None, moment.precision if moment else None
            ),
            said.get("lastmod") or stated,
        )  # fmt: skip


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()
