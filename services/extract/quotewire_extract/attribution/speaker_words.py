"""Decide which words of the text mention the speaker of a quotation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.attribution.coreference import NEUTRAL
from quotewire_extract.attribution.mentions import PRONOUNS, RELATIVES
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.nouns import is_person_noun, singular

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.attribution.coreference import Resolver
    from quotewire_extract.quotation import CharSpan, Quotation

_RECIPIENT_FOLLOWS = re.compile(
    r"\b(?:told|tells|tell|telling|informed|informs|informing|assured|reminded)\W*$", re.IGNORECASE
)
"""Cues that never stand before their subject: the name after them is the person spoken to."""

_DETERMINERS = words("en/anaphors.txt", "quantifier") | frozenset(
    ("the", "a", "an", "his", "her", "its", "their", "this", "that", "one", "another", "other")
)
_THING_NOUNS = frozenset().union(
    *(words(f"en/{file}.txt") for file in ("organisation_nouns", "utterance_nouns", "documents"))
)
_PRONOMINAL = PRONOUNS | RELATIVES | words("en/anaphors.txt", "quantifier")
_CAN_SPEAK = frozenset({"PERSON", "ORG", "GPE"})
_EMPTY = words("en/prepositions.txt") | {"the", "a", "an", "and", "or", "but", "is", "was", "not", "s", "one", "point"}
"""Words that remain of the tagger's mention when it lost its noun: they name nobody."""


def find_source(context: ArticleContext, resolver: Resolver, quotation: Quotation) -> CharSpan | None:
    """Return the mention of the speaker, else the subject of the cue's sentence; None without either.

    The tagger's mention does not count inside the quotation's own words, or where it is the person spoken to.
    """
    source, cue, text = quotation.source, quotation.cue, context.text
    if source is not None:
        parts = re.findall(r"\w+", text[slice(*source)].lower())
        around = [(a, b) for a, b in quotation.content if a <= source[0] and source[1] <= b]
        inside = bool(around) and not (cue and any(a <= cue[0] and cue[1] <= b for a, b in around))
        empty = not parts or all(part in _EMPTY for part in parts) or _is_no_noun(text[slice(*source)].strip())
        recipient = _RECIPIENT_FOLLOWS.search(text, max(0, source[0] - 30), source[0])
        if not (inside or empty or (recipient and cue and cue[1] <= source[0])):
            return _complete(context, source)
    return _subject_before(context, resolver, cue[0], quotation) if cue is not None else None


def _complete(context: ArticleContext, source: CharSpan) -> CharSpan:
    """Add what the tagger cut off: "U.S." before "officials", the name after "the mayor,"."""
    start, end = source
    text = context.text
    behind = [n for n in context.mentions_between(end + 2, end + 3) if n.cluster.is_person]
    named = any(n.cluster.is_person for n in context.mentions_between(start, end))
    if behind and not named and text[end : end + 2] == ", ":
        name_end = behind[0].mention.end
        if text[name_end : name_end + 1] == ",":
            return start, name_end
    before = [n for n in context.mentions_between(start - 60, start) if n.mention.end == start - 1]
    adjacent = before and text[start - 1] == " " and before[0].cluster.label in {"GPE", "NORP", "ORG"}
    phrase = text[slice(*source)].lower()
    bare_noun = phrase[0] == text[start] and phrase not in _PRONOMINAL and phrase.split()[0] not in _DETERMINERS
    return (before[0].mention.start, end) if adjacent and bare_noun else source


def _subject_before(
    context: ArticleContext, resolver: Resolver, position: int, quotation: Quotation
) -> CharSpan | None:
    """Return the last name or pronoun before the cue in its sentence that is neither quoted nor an object."""
    start, _ = context.sentence_span(context.sentence(position))
    found = [
        (n.mention.start, n.mention.end)
        for n in context.mentions_between(start, position)
        if n.cluster.label in _CAN_SPEAK and resolver.role_weight(n.mention.start, n.mention.end) >= NEUTRAL
    ]
    pronouns = re.finditer(r"\b(?:he|she|they|it|who)\b", context.text[start:position], re.IGNORECASE)
    found += [(start + m.start(), start + m.end()) for m in pronouns if not context.is_marked(start + m.start())]
    outside = [f for f in found if not any(a <= f[0] < b for a, b in quotation.content)]
    return max(outside, default=None)


def _is_no_noun(word: str) -> bool:
    """Whether a mention of one lower-case word cannot name anybody ("first", "open"): an error of the tagger."""
    if not word.isalpha() or not word.islower() or word in _PRONOMINAL or word.endswith("s"):
        return False
    base, plural = singular(word)
    return not (plural or is_person_noun(base) or base in _THING_NOUNS)
