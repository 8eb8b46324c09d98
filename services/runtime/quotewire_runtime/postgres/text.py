"""Texts that PostgreSQL can hold: names of files, feeds and headers may have characters that it rejects.

A `text` or `jsonb` value holds neither U+0000 nor surrogates (U+D800 to U+DFFF, the halves of a character).
"""

from __future__ import annotations

import re
from typing import Any

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Return whether PostgreSQL takes the text as it is."""
    return _UNSTORABLE.search(text) is None


def to_storable(text: str, null_as: str = "") -> str:
    """Replace what PostgreSQL does not take: surrogates by `?`, U+0000 by ``null_as``."""
    return text.encode("utf-8", "replace").decode().replace("\0", null_as)


def to_storable_json(value: Any) -> Any:
    """Do the same with all strings of a JSON value but the names of its fields, which are ours."""
    if isinstance(value, str):
        return to_storable(value)
    if isinstance(value, dict):
        return {name: to_storable_json(one) for name, one in value.items()}
    return [to_storable_json(one) for one in value] if isinstance(value, list) else value
