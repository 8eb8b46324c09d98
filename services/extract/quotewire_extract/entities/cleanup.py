"""Clean up the entity mentions of one article: whole words, names without titles, one label per name, none missed.

The tagger labels each mention by its context, but an article is consistent: what most mentions of a name are, all of
them are; a surname is a person where the full name is one; titles, possessives and punctuation at the edges are not
part of a name.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from quotewire_extract.entities.entity_mention import NAMES, QUANTITIES, EntityMention
from quotewire_extract.entities.labels import agree_on_labels
from quotewire_extract.entities.missed_mentions import find_missed_mentions
from quotewire_extract.entities.person_spans import with_given_name, without_titles
from quotewire_extract.lexicon.places import places
from quotewire_names import gender_of_given_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_UNIT = re.compile(r"(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?|\w+(?:[’'](?!s\b|S\b)\w+)*")
"""What an entity covers wholly or not at all: a word (O'Brien, but not the 's of Kyiv's) or dotted initials (U.S.)."""

_FIRST_OF_PLACE = re.compile(
    r"(?<![\w-])(?:New|San|Los|Santa|El|La|Las|Saint|St\.|Abu|Addis|Rio de|Tel|Hong|Sri|Puerto|Costa) $"
)
"""First words of place names that the tagger may leave out; what follows them is never a name by itself."""
_FUNCTION_WORD = re.compile(r"(?:and|or|of|in|at|by|The|A|An|And|But|In|On|He|She|It|They|That|This)(?:\s+|(?=$))")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
_EDGE = " \t\n\r\f\v\u00a0.,;:!?()[]{}\"“”„«»‘’'`–—-/|·•*"
_INITIALS = re.compile(r"[^\W\d_]\.[^\W\d_]\.$")

MAX_NAME = 300
"""Code points of the longest name: what is longer is a list, or a word without end."""


def clean_mentions(text: str, mentions: Iterable[EntityMention]) -> list[EntityMention]:
    """Clean up the mentions of one article; the result is sorted and without overlaps."""
    units = [match.span() for match in _UNIT.finditer(text)]
    given = sorted(mentions)
    names = [mention for mention in given if mention.label not in QUANTITIES]
    found = _merge(text, [whole for mention in names if (whole := _whole_words(text, units, mention)) is not None])
    found = [mention for mention in found if mention.end - mention.start <= MAX_NAME]
    found = [with_given_name(text, without_titles(text, mention)) for mention in found]
    found = agree_on_labels(text, found)
    found = _without_overlaps(found + find_missed_mentions(text, found))
    found = [mention for mention in found if mention.end > mention.start]
    return sorted([*found, *_outside(found, [mention for mention in given if mention.label in QUANTITIES])])


def _outside(names: Sequence[EntityMention], quantities: Sequence[EntityMention]) -> list[EntityMention]:
    """Return the quantities that overlap no name. Both are sorted and without overlaps among themselves."""
    ends = [name.end for name in names]
    kept: list[EntityMention] = []
    for quantity in quantities:
        after = bisect_right(ends, quantity.start)
        if after == len(names) or names[after].start >= quantity.end:
            kept.append(quantity)
    return kept


def _whole_words(text: str, units: Sequence[tuple[int, int]], mention: EntityMention) -> EntityMention | None:
    """Extend a mention to whole words and end it with its line; None where it covers no word."""
    start, end = mention.start, mention.end
    while start < end and text[start] in _EDGE and text[start] != ".":
        start += 1
    if (line := text.find("\n", start, end)) != -1:
        end = line
    first = bisect_right(units, start, key=lambda unit: unit[1])
    touched = units[first : bisect_left(units, end, key=lambda unit: unit[0])] if start < end else []
    if not touched:
        return None
    start, end = min(start, touched[0][0]), max(end, touched[-1][1])
    while end > start and text[end - 1] in _EDGE and not _INITIALS.match(text, max(start, end - 4), end):
        end -= 1
    start = max(start, touched[0][0])
    shorter = _POSSESSIVE.sub("", text[start:end])
    end = start + len(shorter)
    if mention.label in NAMES and (before := _FIRST_OF_PLACE.search(text, max(0, start - 12), start)) is not None:
        start = before.start()
    if (lead := _FUNCTION_WORD.match(text, start, end)) is not None:
        start = lead.end()
        shorter = text[start:end]
    if not shorter.strip() or not (any(c.isupper() for c in shorter) or any(c.isdigit() for c in shorter)):
        return None
    return EntityMention(start, end, mention.label)


def _merge(text: str, mentions: list[EntityMention]) -> list[EntityMention]:
    """Merge mentions that now overlap, and the two halves of a name that got different labels."""
    persons = {text[m.start : m.end].split()[-1] for m in mentions if m.label == "PERSON"}
    merged: list[EntityMention] = []
    for mention in sorted(mentions):
        last = merged[-1] if merged else None
        if last is not None and mention.start < last.end:
            merged[-1] = replace(last, end=max(last.end, mention.end))
        elif last is not None and text[last.end : mention.start] == " " and _halves(text, last, mention, persons):
            merged[-1] = EntityMention(last.start, mention.end, "PERSON")
        else:
            merged.append(mention)
    return merged


def _halves(text: str, left: EntityMention, right: EntityMention, persons: set[str]) -> bool:
    if "PERSON" not in (left.label, right.label) or "NORP" in (left.label, right.label):
        return False
    first, second = text[left.start : left.end], text[right.start : right.end]
    if " " in first or " " in second or first in places().state_of:
        return False
    return gender_of_given_name(f"{first} {second}") is not None and (second in persons or right.label == "PERSON")


def _without_overlaps(mentions: list[EntityMention]) -> list[EntityMention]:
    kept: list[EntityMention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if mention.end > mention.start and (not kept or mention.start >= kept[-1].end):
            kept.append(mention)
    return kept
