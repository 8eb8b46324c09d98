"""Find the mentions of known names that the tagger missed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.entities.entity_mention import NAMES, EntityMention, surface_form
from quotewire_extract.entities.person_spans import with_given_name
from quotewire_extract.lexicon import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quotewire_extract.quotation import CharSpan

_FIRST_WORD = re.compile(r"[\w-]+")
_MAX_FORM = 200
"""Code points of a name that is looked for; longer ones do not recur word for word."""
_NEXT_CAPITALISED = re.compile(r" [A-ZÀ-Þ]\w+")


def find_missed_mentions(text: str, mentions: list[EntityMention]) -> list[EntityMention]:
    """Find further mentions of the names in ``mentions``, and of the surnames of its full names."""
    labels: dict[str, str] = {}
    for mention in mentions:
        form = surface_form(text, mention)
        if mention.label in NAMES and 2 < len(form) <= _MAX_FORM and form[0].isupper():
            labels.setdefault(form, mention.label)
    for form, label in list(labels.items()):
        surname = form.split()[-1]
        if label == "PERSON" and " " in form and len(surname) > 2 and surname[0].isupper():
            labels[surname] = "PERSON"
    if not labels:
        return []
    covered = [False] * (len(text) + 1)
    for mention in mentions:
        covered[mention.start : mention.end] = [True] * (mention.end - mention.start)
    found: list[EntityMention] = []
    for start, end in _occurrences(text, labels):
        whole = with_given_name(text, EntityMention(start, end, labels[text[start:end]]))
        full_name = whole.start < start and _NEXT_CAPITALISED.match(text, end) is None
        if any(covered[whole.start : end]) or (not full_name and _inside_longer_name(text, start, end)):
            continue
        found.append(whole)
    return found


def _occurrences(text: str, forms: Iterable[str]) -> Iterator[CharSpan]:
    """Yield where forms stand as whole words, without overlaps; of two that begin at one place, the longer one."""
    forms = frozenset(forms)
    lengths: dict[str, list[int]] = {}
    for length, form in sorted({(len(form), form) for form in forms}, reverse=True):
        first = _FIRST_WORD.match(form)
        known = lengths.setdefault(first.group() if first else "", [])
        if not known or known[-1] != length:
            known.append(length)
    free = 0
    for word in _FIRST_WORD.finditer(text):
        start = word.start()
        for length in lengths.get(word.group(), ()) if start >= free else ():
            end = start + length
            if text[start:end] in forms and _FIRST_WORD.match(text, end) is None:
                yield start, end
                free = end
                break


def _inside_longer_name(text: str, start: int, end: int) -> bool:
    """Whether another capitalised word touches the span: then it is part of a longer name that has no label."""
    after = _NEXT_CAPITALISED.match(text, end)
    before = re.search(r"([A-ZÀ-Þ]\w+) $", text[max(0, start - 40) : start])
    inside = before is not None and not re.search(
        r"(?:^|[.!?:”\"]\s*|\n)$", text[max(0, start - 40) : start - len(before.group())]
    )
    title = before is not None and before.group(1).lower() in words("en/titles.txt")
    return after is not None or (inside and not title)
