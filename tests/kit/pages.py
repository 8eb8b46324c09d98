"""Invented pages of the invented paper `harbour-post`, small and each made for one test."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from quotewire_ingest.hints import Hints
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.parse.html import parse_html

URL = "https://www.harbour-post.example/news/ferry-late"
FETCHED_AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
PARAGRAPHS = [
    "The ferry to Oststrand was late again on Monday, the harbour master Ilvane Morrec said in the evening.",
    "“Nobody told us that the new pier would be closed,” Morrec said, and pointed at the empty berth behind her.",
    "The council had promised last spring that the works would be done before the season, which begins in April.",
    "Teodor Quist, who sails the boat, said that he had stopped counting the hours that his passengers had to wait.",
]
NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Ferry late again",
    "datePublished": "2026-03-02T18:30:00+01:00",
    "dateModified": "2026-03-03T08:00:00Z",
    "author": {"@type": "Person", "name": "Runa Veld"},
    "publisher": {"@type": "Organization", "name": "Harbour Post"},
}


def html(
    head: str = "", body: str = "", *, json_ld: Any = None, paragraphs: list[str] | None = None, lang: str = "en",
    below: str = "",
) -> str:  # fmt: skip
    """A page with the four paragraphs, and what a test adds to its head, above and below them."""
    script = f'<script type="application/ld+json">{json.dumps(json_ld)}</script>' if json_ld is not None else ""
    inner = "".join(f"<p>{paragraph}</p>" for paragraph in (PARAGRAPHS if paragraphs is None else paragraphs))
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}{script}</head>'
        f"<body><nav><a href='/'>Home</a></nav><article>{body}{inner}</article>{below}</body></html>"
    )


def document(body: str | bytes, url: str | None = URL, **known: Any) -> Document:
    """A page as it is given to the parser."""
    data = body.encode() if isinstance(body, str) else body
    return Document("ferry.html", data, DocumentKind.HTML, "harbour-post", "ferry.html", FETCHED_AT, url=url, **known)


def parse(body: str | bytes, url: str | None = URL, hints: Hints | None = None, **known: Any) -> Any:
    """Parse a page; returns its ParsedArticle."""
    if hints is not None:
        known["hints"] = hints
    return parse_html(document(body, url, **known), max_elements=50_000)
