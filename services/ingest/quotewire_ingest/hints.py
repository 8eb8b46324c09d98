"""What a feed entry or a manifest line says about the document that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from quotewire_schemas.article import Precision


@dataclass(frozen=True, slots=True)
class Hints:
    """Facts about an article from outside its document. ``by`` names the place in ``provenance``."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: Precision | None = None
    outlet: str | None = None
    by: str = "feed"

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_json` wrote; other keys are ignored."""
        at = value.get("published_at")
        precision = value.get("published_precision")
        return cls(
            value.get("title"), tuple(value.get("authors", ())), datetime.fromisoformat(at) if at else None,
            Precision(precision) if precision else None, value.get("outlet"), value.get("by", "feed"),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any] | None:
        """Return the value of a ``stated`` column; None where there are no hints."""
        if self == NO_HINTS:
            return None
        return {
            "title": self.title,
            "authors": list(self.authors),
            "outlet": self.outlet,
            "by": self.by,
            "published_at": self.published_at and self.published_at.isoformat(),
            "published_precision": self.published_precision and str(self.published_precision),
        }


NO_HINTS = Hints()
