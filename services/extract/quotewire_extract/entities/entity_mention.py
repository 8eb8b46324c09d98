"""An entity mention of an article, and the entity labels by sort."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class EntityMention:
    """One entity mention: code points of the text, end exclusive, and its label."""

    start: int
    end: int
    label: str


NAMES = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP"})
"""Labels that the clean-up may exchange; others (EVENT, DATE, …) it does not change."""

QUANTITIES = frozenset({"DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"})
"""Labels of mentions that are not names ("first", "last week", "$5"): they keep their spans, unless a name overlaps."""


def surface_form(text: str, mention: EntityMention) -> str:
    """Return the words of a mention with single spaces and without a leading "the"."""
    return re.sub(r"^[Tt]he ", "", " ".join(text[mention.start : mention.end].split()))
