"""What feeds and manifests say of an article, as it stands in the database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from quotewire_ingest.model import Hints
from quotewire_schemas.article import Precision


def stated_from(value: Mapping[str, Any]) -> Hints:
    """What a feed or a manifest said, back from JSON."""
    at = value.get("published_at")
    precision = value.get("published_precision")
    return Hints(
        value.get("title"), tuple(value.get("authors", ())), datetime.fromisoformat(at) if at else None,
        Precision(precision) if precision else None, value.get("outlet"), value.get("by", "feed"),
    )  # fmt: skip


def stated_json(value: Hints) -> Jsonb | None:
    """The same for a column; None where nothing is said. PostgreSQL takes neither U+0000 nor halves of characters."""
    if value == Hints():
        return None
    return Jsonb(
        {
            "title": value.title and clean(value.title), "authors": [clean(author) for author in value.authors],
            "outlet": value.outlet and clean(value.outlet), "by": value.by,
            "published_at": value.published_at and value.published_at.isoformat(),
            "published_precision": value.published_precision and str(value.published_precision),
        }
    )  # fmt: skip


def clean(text: str) -> str:
    """A text without what PostgreSQL does not take: names of files and words of feeds may hold it."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")
