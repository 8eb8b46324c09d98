"""Parse the mention of a speaker: a name, a pronoun, a description, an organisation; one speaker or several.

Uses the words of the mention and the entity mentions in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from quotewire_extract.attribution.noun_phrases import (
    apposed_person,
    description_end,
    head_of,
    is_possessive,
    person_at_end,
    trim_phrase,
)
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.gender import gender_of_pronoun, gender_of_title
from quotewire_extract.lexicon.nouns import is_person_noun, singular
from quotewire_extract.lexicon.places import places
from quotewire_names import Gender, gender_of_given_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.clusters import ClusteredMention, EntityCluster
    from quotewire_extract.quotation import CharSpan


class MentionType(Enum):
    """How the words point to the speaker."""

    NAME = "name"
    ORGANISATION = "organisation"
    PRONOUN = "pronoun"
    RELATIVE = "relative"
    DESCRIPTION = "description"


@dataclass(slots=True)
class ParsedMention:
    """One speaker as the words of a mention give it.

    Args:
        head: the head noun, or the subject form of a pronoun, in lower case.
        name: what to call the speaker when nothing better is found: the noun phrase without its article.
        cluster: the entity that is named in the mention, if it is the speaker.
        definite: whether it begins with "the", "this" or a possessive.
    """

    start: int
    end: int
    type: MentionType
    head: str
    name: str
    cluster: EntityCluster | None = None
    plural: bool = False
    definite: bool = False
    gender: Gender | None = None


PRONOUNS = frozenset({"he", "she", "they", "it", "i", "we", "you", "him", "her", "them", "his", "their", "its"})
SUBJECT_FORM = {"his": "he", "him": "he", "her": "she", "their": "they", "them": "they", "its": "it"}
RELATIVES = frozenset({"who", "which", "that", "whom", "whose"})
_DETERMINERS = re.compile(
    r"^(?:(?:the|a|an|this|that|these|those|one|another|some|many|several|both|most|other|two|three|four|five|few|all|"
    r"his|her|its|their|our|my|no|any|each|every|more|numerous|various|certain)\s+)+",
    re.IGNORECASE,
)
_DEFINITE = re.compile(r"^(?:the|this|that|these|those|his|her|their|its)\b", re.IGNORECASE)
_CONJUNCTION = re.compile(r"\s*,?\s+(?:and|&|as well as|along with|together with)\s+")
_AUTHOR = re.compile(r"\b(?:of|by|from)\s+(?:the\s+)?(?:\w+\s+){0,3}$")


def parse_mention(text: str, start: int, end: int, mentions: Sequence[ClusteredMention]) -> list[ParsedMention]:
    """Parse ``text[start:end]``; ``mentions``: entity mentions of the article, in order. Empty without a word."""
    start, end = trim_phrase(text, start, end)
    if start >= end:
        return []
    inside = [n for n in mentions if n.mention.start < end and n.mention.end > start]
    parts = _conjuncts(text, start, end, inside)
    found = [_parse_one(text, a, b, [n for n in inside if n.mention.start < b and n.mention.end > a]) for a, b in parts]
    return [mention for mention in found if mention is not None]


def _conjuncts(text: str, start: int, end: int, inside: Sequence[ClusteredMention]) -> list[CharSpan]:
    """Return the parts of a joint mention ("Trump and Putin", "Kyiv and its European allies"), else the whole."""
    conjunctions = [
        m.span()
        for m in _CONJUNCTION.finditer(text, start, end)
        if not any(n.mention.start < m.end() and n.mention.end > m.start() for n in inside)
    ]
    if not conjunctions:
        return [(start, end)]
    edges = [start, *(edge for span in conjunctions for edge in span), end]
    parts = list(zip(edges[::2], edges[1::2], strict=True))
    if not all(_is_complete(text, a, b, inside) for a, b in parts) or not any(
        any(n.mention.start < b and n.mention.end > a for n in inside) for a, b in parts
    ):
        return [(start, end)]
    return _comma_list(text, parts[0], inside) + parts[1:]


def _is_complete(text: str, start: int, end: int, inside: Sequence[ClusteredMention]) -> bool:
    """Whether a part can be a speaker without the other parts."""
    part = text[start:end]
    if part.lower() in PRONOUNS or _DEFINITE.match(part):
        return True
    named = [n for n in inside if start <= n.mention.start < end]
    if not named:
        return False
    head_end, word = head_of(text, start, end, named)
    head, _ = singular(word.lower())
    return any(n.mention.end <= end for n in named) and (
        any(n.mention.end == head_end for n in named)
        or head in words("en/organisation_nouns.txt")
        or head in words("en/person_nouns.txt")
        or person_at_end(text, start, end, named) is not None
    )


def _comma_list(text: str, part: CharSpan, inside: Sequence[ClusteredMention]) -> list[CharSpan]:
    """Split names before "and": "Ruiz, Okafor" and Lind; not "Ruiz, the mayor,", which is one speaker."""
    start, end = part
    pieces: list[CharSpan] = []
    for match in re.finditer(r"[^,]+", text[start:end]):
        a, b = trim_phrase(text, start + match.start(), start + match.end())
        if not any(n.mention.end == b and n.mention.start >= a for n in inside):
            return [part]
        pieces.append((a, b))
    return pieces or [part]


def _parse_one(text: str, start: int, end: int, inside: Sequence[ClusteredMention]) -> ParsedMention | None:
    start, end = trim_phrase(text, start, end)
    phrase = text[start:end]
    if not phrase:
        return None
    lower = phrase.lower()
    first = lower.split()[0].rstrip("’'s") if lower.split() else ""
    if lower in PRONOUNS or (first in {"he", "she", "they", "it", "we", "i"} and len(lower.split()) <= 2):
        subject = SUBJECT_FORM.get(first, first)
        return ParsedMention(
            start,
            end,
            MentionType.PRONOUN,
            subject,
            "",
            plural=subject in {"they", "we"},
            gender=gender_of_pronoun(first),
        )
    if lower in RELATIVES:
        return ParsedMention(start, end, MentionType.RELATIVE, lower, "")
    person = person_at_end(text, start, end, inside) or apposed_person(text, start, end, inside)
    if person is not None:
        title = text[start : person.mention.start] + text[person.mention.end : end]
        gender = gender_of_title(title)
        return ParsedMention(start, end, MentionType.NAME, "", person.cluster.name, person.cluster, gender=gender)
    head_end, word = head_of(text, start, end, inside)
    ending = next(
        (n for n in inside if n.mention.start < head_end <= n.mention.end + 2 and n.mention.end >= head_end - 2), None
    )
    if ending is not None and ending.mention.start >= start and ending.cluster.label != "NORP":
        kind = MentionType.NAME if ending.cluster.is_person else MentionType.ORGANISATION
        gender = gender_of_title(phrase)
        return ParsedMention(start, end, kind, word.lower(), ending.cluster.name, ending.cluster, gender=gender)
    return _parse_description(text, start, end, head_end, word, inside)


def _parse_description(
    text: str, start: int, end: int, head_end: int, word: str, inside: Sequence[ClusteredMention]
) -> ParsedMention:
    """Parse a noun phrase whose head is no name."""
    head, plural = singular(word.lower())
    name = _DETERMINERS.sub("", text[start : description_end(text, start, end, head_end)]) or text[start:end]
    owner = next((n for n in inside if n.mention.end <= head_end and is_possessive(text, n.mention.end)), None)
    if word.lower() in words("en/utterance_nouns.txt") or (head in words("en/documents.txt") and owner is not None):
        speaker = owner or _author(text, head_end, inside)
        if speaker is not None:
            kind = MentionType.NAME if speaker.cluster.is_person else MentionType.ORGANISATION
            return ParsedMention(start, end, kind, head, speaker.cluster.name, speaker.cluster)
        if (own := re.match(r"(his|her|their|its)\b", text[start:head_end], re.IGNORECASE)) is not None:
            pronoun = own.group(1).lower()
            subject = SUBJECT_FORM[pronoun]
            gender = gender_of_pronoun(subject)
            return ParsedMention(start, end, MentionType.PRONOUN, subject, "", plural=pronoun == "their", gender=gender)
    definite = _DEFINITE.match(text[start:end]) is not None
    if word in places().peoples or {head, word.lower()} & words("en/anaphors.txt", "quantifier"):
        return ParsedMention(start, end, MentionType.DESCRIPTION, head, name, plural=True)
    if is_person_noun(head) or (word[:1].isupper() and head in words("en/titles.txt")):
        definite = definite or owner is not None
        gender = gender_of_title(word)
        return ParsedMention(start, end, MentionType.DESCRIPTION, head, name, None, plural, definite, gender)
    if head in words("en/organisation_nouns.txt") or {head, word.lower()} & (
        words("en/documents.txt") | words("en/utterance_nouns.txt")
    ):
        return ParsedMention(start, end, MentionType.ORGANISATION, head, name, plural=plural, definite=definite)
    if word[:1].isupper() and not plural and _DETERMINERS.match(text[start:end]) is not None and " " in name:
        return ParsedMention(start, end, MentionType.ORGANISATION, head, name)
    if word[:1].isupper() and not plural:
        is_person = gender_of_given_name(text[start:head_end]) is not None or " " not in name
        kind = MentionType.NAME if is_person else MentionType.ORGANISATION
        return ParsedMention(start, end, kind, head, text[start:head_end].strip())
    gender = gender_of_title(word)
    return ParsedMention(start, end, MentionType.DESCRIPTION, head, name, None, plural, definite, gender)


def _author(text: str, head_end: int, inside: Sequence[ClusteredMention]) -> ClusteredMention | None:
    """Return the name after of, by or from: "a letter from the ministry"."""
    after = (n for n in inside if n.mention.start >= head_end)
    return next((n for n in after if _AUTHOR.search(text[head_end : n.mention.start])), None)
