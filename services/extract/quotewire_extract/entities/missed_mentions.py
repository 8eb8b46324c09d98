"""Find the mentions of known names that the tagger missed."""

from __future__ import annotations

import re

from quotewire_extract.entities.entity_mention import NAMES, EntityMention, surface_form
from quotewire_extract.entities.person_spans import with_given_name
from quotewire_extract.lexicon import words

_NEXT_CAPITALISED = re.compile(r" [A-ZÀ-Þ]\w+")


def find_missed_mentions(text: str, mentions: list[EntityMention]) -> list[EntityMention]:
    """Find further mentions of the names in ``mentions``, and of the surnames of its full names."""
    labels: dict[str, str] = {}
    for mention in mentions:
        form = surface_form(text, mention)
        if mention.label in NAMES and len(form) > 2 and form[0].isupper():
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
    alternatives = "|".join(re.escape(form) for form in sorted(labels, key=len, reverse=True))
    found: list[EntityMention] = []
    for match in re.finditer(rf"(?<![\w-])(?:{alternatives})(?![\w-])", text):
        start, end = match.span()
        label = labels[match.group()]
        whole = with_given_name(text, EntityMention(start, end, label))
        full_name = whole.start < start and _NEXT_CAPITALISED.match(text, end) is None
        if any(covered[whole.start : end]) or (not full_name and _inside_longer_name(text, start, end)):
            continue
        found.append(whole)
    return found


def _inside_longer_name(text: str, start: int, end: int) -> bool:
    """Whether another capitalised word touches the span: then it is part of a longer name that has no label."""
    after = _NEXT_CAPITALISED.match(text, end)
    before = re.search(r"([A-ZÀ-Þ]\w+) $", text[max(0, start - 40) : start])
    inside = before is not None and not re.search(
        r"(?:^|[.!?:”\"]\s*|\n)$", text[max(0, start - 40) : start - len(before.group())]
    )
    title = before is not None and before.group(1).lower() in words("en/titles.txt")
    return after is not None or (inside and not title)
