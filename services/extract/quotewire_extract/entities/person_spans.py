"""The span of a person's name: without titles, with the given name."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.places import places
from quotewire_names import gender_of_given_name

if TYPE_CHECKING:
    from quotewire_extract.entities.entity_mention import EntityMention

_LAST_WORD = re.compile(r"(?<![\w-])([A-ZÀ-Þ][\w-]+) $")
_FIRST_WORD = re.compile(r"([^\W\d_][\w.’'-]*)\s+(?=\S)")
_ALSO_NAMES = frozenset({"king", "prince", "major", "marshal", "justice", "judge", "earl", "duke", "sultan", "don",
                         "young", "author", "chase", "father", "hon", "saint", "mister", "imam", "then"})  # fmt: skip
"""Titles that are also given names or parts of names: they stay within the name."""
_LOWER_CASE_TITLES = frozenset({"of", "defence", "defense", "state", "foreign", "the", "vice", "minister", "secretary"})


def without_titles(text: str, mention: EntityMention) -> EntityMention:
    """Remove the titles before a person's name."""
    if mention.label != "PERSON":
        return mention
    titles = _titles()
    start = mention.start
    while (match := _FIRST_WORD.match(text, start, mention.end)) and match.end() < mention.end:
        word = match.group(1)
        known = word.rstrip(".").lower() in titles or word in titles or word.lower() in _LOWER_CASE_TITLES
        if not known or (word.rstrip(".").lower() in _ALSO_NAMES and not word.endswith(".")):
            break
        start = match.end()
    return replace(mention, start=start)


@cache
def _titles() -> frozenset[str]:
    return words("en/titles.txt") | places().peoples | places().states


def with_given_name(text: str, mention: EntityMention) -> EntityMention:
    """Add a given name that stands before a person's surname and that the tagger left out."""
    before = _LAST_WORD.search(text, max(0, mention.start - 30), mention.start)
    if mention.label != "PERSON" or " " in text[mention.start : mention.end] or before is None:
        return mention
    known = gender_of_given_name(f"{before.group(1)} x") is not None and before.group(1).lower() not in words(
        "en/titles.txt"
    )
    return replace(mention, start=before.start()) if known else mention
