"""Documents for the queue of ingest: invented texts and pages, each different from the others."""

from __future__ import annotations

from datetime import UTC, datetime

from kit.warcs import page
from quotewire_ingest.hints import Hints
from quotewire_ingest.model import Document, DocumentKind
from quotewire_schemas.article import Precision

DAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
URL = "https://www.harbour-post.example/ferry"
HINTS = Hints("Ferry late again", ("Runa Veld",), DAY, Precision.SECOND, "Harbour Post")


def texts(count: int, first: int = 0) -> list[Document]:
    """Return so many texts of one source, numbered from `first`."""
    return [
        Document(
            f"{number}.txt", f"Ferry number {number} sails at dawn, Ilvane Morrec said.".encode(), DocumentKind.TEXT,
            "harbour-post", f"{number}.txt", DAY,
        )
        for number in range(first, first + count)
    ]  # fmt: skip


def submitted_text() -> Document:
    """Return a text without a URL."""
    body = b"The ferry was late again, the harbour master Ilvane Morrec said."
    return Document("ferry.txt", body, DocumentKind.TEXT, "pier-gazette", "ferry.txt", DAY)


def fetched_page(number: int = 1, source_id: str = "harbour-post") -> Document:
    """Return a page as it was fetched for an entry of a feed."""
    url = f"{URL}/{number}"
    headers = (("content-type", "text/html; charset=utf-8"),)
    return Document(
        url, page(number), DocumentKind.HTML, source_id, None, DAY, url=url, charset="utf-8", http_headers=headers,
        hints=HINTS,
    )  # fmt: skip
