"""The names that the heads predict: entity types, their BIO tags and the columns of the quotation head."""

from __future__ import annotations

from typing import Final

ENTITY_TYPES: Final = (
    "PERSON",
    "ORG",
    "GPE",
    "LOC",
    "FAC",
    "NORP",
    "EVENT",
    "PRODUCT",
    "WORK_OF_ART",
    "LAW",
    "LANGUAGE",
    "DATE",
    "TIME",
    "PERCENT",
    "MONEY",
    "QUANTITY",
    "ORDINAL",
    "CARDINAL",
)
"""The 18 types of OntoNotes 5 (https://catalog.ldc.upenn.edu/LDC2013T19), in the order of the entity head."""

OUTSIDE: Final = 0
ENTITY_TAGS: Final = 1 + 2 * len(ENTITY_TYPES)
"""Width of the entity head: O, then B and I of every type."""

IGNORED: Final = -100
"""Label of a piece that no loss counts; the value that torch's cross-entropy skips by default."""

QUOTE_PARTS: Final = ("cue", "content", "source")
"""Each part has three columns of the quotation head (O, B, I), in this order."""

CORE_COLUMN: Final = 9
"""Column that says whether a cue introduces a quotation in the narrow sense (speech or quotation marks)."""

FLAT_COLUMNS: Final = (10, 11)
"""Columns with an offset that content and source tables add to the BIO log-odds."""

QUOTE_COLUMNS: Final = 12
TABLE_WIDTH: Final = 96
"""Width of one query or key of the cue-anchored tables; there are four of them."""


def begin(entity_type: str) -> int:
    """Return the tag of the first piece of an entity; raises ValueError for a type that is not one of ours."""
    return 1 + 2 * ENTITY_TYPES.index(entity_type)


def inside(entity_type: str) -> int:
    """Return the tag of every later piece of an entity; raises ValueError for a type that is not one of ours."""
    return begin(entity_type) + 1
