"""Texts that PostgreSQL can hold: names of files, feeds and headers may have characters that it rejects.

A `text` or `jsonb` value holds neither U+0000 nor surrogates (U+D800 to U+DFFF, the halves of a character).
"""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Return whether PostgreSQL takes the text as it is."""
    return _UNSTORABLE.search(text) is None


def to_storable(text: str, null_as: str = "") -> str:
    """Replace what PostgreSQL does not take: surrogates by `?`, U+0000 by ``null_as``."""
    return text.encode("utf-8", "replace").decode().replace("\0", null_as)
