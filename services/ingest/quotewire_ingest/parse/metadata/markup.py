"""Turn a title or a name as templates write it into what a reader sees: no tags, escapes and hidden characters."""

import re

from quotewire_ingest.parse.escapes import unescape
from quotewire_ingest.parse.mojibake import repair_mojibake

_TAGS = (
    "a|abbr|b|bdi|bdo|big|blink|br|cite|code|del|dfn|div|em|font|h[1-6]|i|img|ins|kbd|mark|nobr|p|q|s|samp|small|span"
    "|strike|strong|sub|sup|time|tt|u|var|wbr"
)
# Only tags of formatted text: "a guide to the <head> element" is a title.
_TAG = re.compile(rf"<(/?)({_TAGS})(?:\s[^<>]{{0,500}})?/?>", re.IGNORECASE)
_BREAKING = re.compile(r"(?:br|div|p|h[1-6])", re.IGNORECASE)
# Tags that are escaped twice count only in pairs.
_ESCAPED_PAIR = re.compile(rf"<({_TAGS})(?:\s[^<>]{{0,500}})?>([^<>]{{0,500}})</\1>", re.IGNORECASE)
# Soft hyphens, zero-width characters and marks of direction. Joiners stay within words of scripts that need them.
_HIDDEN = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    "|(?<=[\u0000-\u024f\\s])[\u200c\u200d]|[\u200c\u200d](?=[\u0000-\u024f\\s]|$)|^[\u200c\u200d]"
)
# A longer text is no title and no name.
_MAX_CHARACTERS = 20_000


def plain_text_of(text: str) -> str:
    """Return a title or a name without markup, mojibake and hidden characters, with single blanks."""
    text = _TAG.sub(_in_place_of_tag, unescape(text[:_MAX_CHARACTERS]))
    text = _ESCAPED_PAIR.sub(r"\2", unescape(text))
    return " ".join(_HIDDEN.sub("", repair_mojibake(text)).split())


def _in_place_of_tag(tag: re.Match[str]) -> str:
    return " " if _BREAKING.fullmatch(tag[2]) else ""
