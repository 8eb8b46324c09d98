"""Text as PostgreSQL can store it: names of files and texts of feeds may hold U+0000 and unpaired surrogates."""

from __future__ import annotations


def to_storable(text: str) -> str:
    """Replace unpaired surrogates by question marks and drop U+0000."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def is_storable(text: str) -> bool:
    """Whether PostgreSQL takes a text as it is."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
