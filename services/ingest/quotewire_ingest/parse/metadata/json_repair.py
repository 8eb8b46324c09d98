"""Load the JSON of a script that a template or a plugin has damaged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# Comment and CDATA marks around the JSON of a script.
_WRAPPER = re.compile(
    r"^\s*+(?:<!--|//\s*+<!\[CDATA\[|/\*\s*+<!\[CDATA\[\s*+\*/|<!\[CDATA\[)"
    r"|(?:-->|//\s*+\]\]>|/\*\s*+\]\]>\s*+\*/|\]\]>)\s*+;?\s*+$"
)
_TRAILING_COMMA = re.compile(r",(\s*+[}\]])")
_CONTROLS = re.compile(r"[\x00-\x1f]+")
_COMMENT_LINE = re.compile(r"^[ \t]*+//.*$", re.MULTILINE)
_BAD_ESCAPE = re.compile(r'\\(\\|["/bfnrtu])?')
_DECODER = json.JSONDecoder(strict=False)
# A script with more values is no description of a page.
_MAX_VALUES = 50
# Properties that are read one by one from what cannot be repaired.
_TYPE = re.compile(r'"@type"\s*:\s*"([A-Za-z]*(?:Article|BlogPosting))"')
_PROPERTY = re.compile(r'"(headline|datePublished|dateModified)"\s*:\s*"((?:[^"\\]|\\.){1,500})"')
_AUTHOR = re.compile(r'"author"\s*+:\s*+\[?\s*+\{[^{}\[\]]{0,500}?"name"\s*:\s*"((?:[^"\\]|\\.){1,200})"')


def load_script(script: str) -> list[Any]:
    """Return the values of a script, if need be without the faults that templates make.

    From a script that cannot be repaired come the headline, the dates and the author of its article, as far as they
    are written without fault.
    """
    script = _WRAPPER.sub("", script.strip("\ufeff \t\r\n")).strip()
    for repair in (str, _repair):
        try:
            return list(_values(repair(script)))
        except (ValueError, RecursionError):
            continue
    return _salvage(script)


def _repair(script: str) -> str:
    text = _CONTROLS.sub(" ", _COMMENT_LINE.sub("", script))
    text = _BAD_ESCAPE.sub(lambda match: match[0] if match[1] else r"\\", _TRAILING_COMMA.sub(r"\1", text))
    return text.strip().rstrip(";")


def _values(text: str) -> Iterator[Any]:
    """Yield the values of a text, which should be one. Raises ``ValueError`` where it is no JSON."""
    position = 0
    for _ in range(_MAX_VALUES):
        value, position = _DECODER.raw_decode(text, position)
        yield value
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1
        if position == len(text):
            return


def _salvage(script: str) -> list[Any]:
    kind = _TYPE.search(script)
    if kind is None:
        return []
    node: dict[str, Any] = {"@type": kind[1]}
    for match in _PROPERTY.finditer(script):
        node.setdefault(match[1], _unquote(match[2]))
    if author := _AUTHOR.search(script):
        node["author"] = {"name": _unquote(author[1])}
    return [node]


def _unquote(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text
