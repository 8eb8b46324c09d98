"""English nouns for speakers: their singular, and whether they name a person."""

from __future__ import annotations

from quotewire_extract.lexicon import groups, words

_PERSON_ENDINGS = (
    "maker", "keeper", "ologist", "ographer", "holder", "goer", "-year-old", "seller", "grower", "builder", "fighter",
    "woman", "person", "smith", "master", "herder", "picker", "cleaner", "hunter",
)  # fmt: skip
"""Endings of trades that no list has completely: watchmaker, beekeeper. A carmaker is on the list of organisations."""


def singular(noun: str) -> tuple[str, bool]:
    """Return the noun in the singular, and whether it was a plural."""
    irregular = groups("en/irregular_plurals.txt").get(noun, noun)
    if irregular != noun:
        return irregular, True
    for plural, single in (("women", "woman"), ("men", "man"), ("ies", "y"), ("ches", "ch"), ("sses", "ss"), ("s", "")):
        if noun.endswith(plural) and len(noun) > len(plural) + 1 and not noun.endswith(("ss", "us", "is")):
            return noun[: -len(plural)] + single, True
    return noun, False


def is_person_noun(noun: str) -> bool:
    """Whether a noun in the singular names a person: by the list, else by an ending that only such nouns have."""
    return noun in words("en/person_nouns.txt") or (
        noun.endswith(_PERSON_ENDINGS) and noun not in words("en/organisation_nouns.txt") and len(noun) > 6
    )
