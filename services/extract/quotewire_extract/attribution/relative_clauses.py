"""Find the noun phrase to which who, which or that refers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.lexicon import words

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import CharSpan

_DETERMINER = re.compile(
    r"\b(?:the|a|an|some|many|several|his|her|its|their|one|two|three|four|those|both|another|most|other)\b(?=\s)",
    re.IGNORECASE,
)
_GOVERNED = re.compile(r"\b(?:in|of|at|from|for|with|by|to|on)\s+(?:the\s+)?$")
_MAX_GOVERNING = 30
"""Code points before a name in which the preposition that governs it begins: "from the " has nine."""
_BEFORE_NOUN_PHRASE = frozenset({"and", "but", "said", "is", "was", "were"})
_MAX_WORDS = 4
"""Words of a noun phrase without a determiner."""


def relative_antecedent(context: ArticleContext, position: int, pronoun: str) -> CharSpan | None:
    """Return the noun phrase before the relative pronoun: the name right before it, else a phrase with determiner."""
    begin, _ = context.sentence_span(context.sentence(position))
    return _name_before(context, begin, position, pronoun) or _phrase_before(context.text, begin, position)


def _name_before(context: ArticleContext, begin: int, position: int, pronoun: str) -> CharSpan | None:
    text = context.text
    named = [n for n in context.mentions_between(begin, position) if not context.is_marked(n.mention.start)]
    for n in reversed(named):
        is_person, label = n.cluster.is_person, n.cluster.label
        before = text[max(begin, n.mention.start - _MAX_GOVERNING) : n.mention.start]
        if pronoun == "who" and not is_person and _GOVERNED.search(before) is not None:
            continue
        if pronoun in {"which", "that"} and is_person:
            break
        if label == "NORP" or (pronoun == "who" and label in {"GPE", "LOC", "FAC"}):
            continue
        gap = text[n.mention.end : position]
        apposition = r"\s?[,(][^.;:“”\"]{0,120}" if is_person else r"\s?[,(][^.;:“”\"]{0,120}[,)]\s*"
        if re.fullmatch(r"[\s,–—-]*(?:\d+,\s*)?", gap) or re.fullmatch(apposition, gap):
            return n.mention.start, n.mention.end
        break
    return None


def _phrase_before(text: str, begin: int, position: int) -> CharSpan | None:
    segment = text[begin:position].rstrip(" ,–—-")
    chunk = re.split(r"[,;:“”\"(]", segment)[-1]
    offset = begin + len(segment) - len(chunk)
    end = begin + len(segment)
    determiners = list(_DETERMINER.finditer(chunk))
    for determiner in reversed(determiners):
        lead = re.search(r"(\w+)\s+$", chunk[: determiner.start()])
        governed = lead is not None and lead.group(1).lower() in words("en/prepositions.txt")
        if not governed or determiner is determiners[0]:
            return offset + determiner.start(), end
    spans = [m.span() for m in re.finditer(r"[^\s]+", chunk)]
    kept = spans[-1:]
    for span in reversed(spans[:-1]):
        word = chunk[slice(*span)].lower()
        if word in words("en/prepositions.txt") or len(kept) == _MAX_WORDS or word in _BEFORE_NOUN_PHRASE:
            break
        kept.insert(0, span)
    return (offset + kept[0][0], end) if kept else None
