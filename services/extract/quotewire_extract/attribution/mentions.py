"""What a mention says about its speaker: a name, a pronoun, a description, a body; one voice or several.

Works on the words of the mention and on the entities that stand in it. No parser: a noun phrase's head is the last
word before its first preposition, comma or relative pronoun, which is how newspapers build their speakers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.gender import gender_of_pronoun, gender_of_title
from quotewire_extract.lexicon.nouns import is_person_noun, singular
from quotewire_extract.lexicon.places import places
from quotewire_names import Gender, gender_of_given_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.clusters import EntityCluster, NamedMention


class Sort(Enum):
    """What sort of words point to the speaker."""

    NAME = "name"
    BODY = "body"
    PRONOUN = "pronoun"
    RELATIVE = "relative"
    DESCRIPTION = "description"


@dataclass(slots=True)
class Voice:
    """One speaker as the words of a mention give it.

    ``figure`` is set where a name stands in the mention; ``head`` is the head noun in lower case; ``name`` is what to
    call the speaker when nobody better is found (the noun phrase without its article).
    """

    start: int
    end: int
    sort: Sort
    head: str
    name: str
    figure: EntityCluster | None = None
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
_EDGE = ' \t\n\r\u00a0,.;:—–-“”"„«»()[]*'
_CUT = re.compile(r"\s*(?:,|;|:|\(|\[|—|–| - |\bwho\b|\bwhich\b|\bwhose\b|\bwhom\b|\bthat\b|“|\")")
_JOINT = re.compile(r"\s*,?\s+(?:and|&|as well as|along with|together with)\s+")
_WORD = re.compile(r"[^\W_]+(?:[-’'.&][^\W_]+)*")


def voices(text: str, start: int, end: int, named: Sequence[NamedMention]) -> list[Voice]:
    """Read the mention ``text[start:end]``; ``named`` are the entity mentions of the article, in order."""
    start, end = _trim(text, start, end)
    if start >= end:
        return []
    inside = [n for n in named if n.mention.start < end and n.mention.end > start]
    parts = _joint(text, start, end, inside)
    found = [_voice(text, a, b, [n for n in inside if n.mention.start < b and n.mention.end > a]) for a, b in parts]
    return [voice for voice in found if voice is not None]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _EDGE:
        start += 1
    while (
        end > start
        and text[end - 1] in _EDGE
        and not re.search(r"\b(?:[A-Z]\.)+$|\b(?:Jr|Sr|Inc|Co|Corp)\.$", text[start:end])
    ):
        end -= 1
    if match := re.match(
        r"(?:and|but|as|while|when|though|although|both|even|so|either)\s+(?=\S+\s)", text[start:end], re.IGNORECASE
    ):
        start += match.end()
    if match := re.search(r"(?<=\w)\s+(?:both|each|alike|jointly)$", text[start:end], re.IGNORECASE):
        end = start + match.start()  # "Ruiz and Lind both said"
    return start, end


def _joint(text: str, start: int, end: int, inside: Sequence[NamedMention]) -> list[tuple[int, int]]:
    """Parts of a joint mention: "Trump and Putin", "Kyiv and its European allies"; else the whole."""
    cuts = [
        m.span()
        for m in _JOINT.finditer(text, start, end)
        if not any(n.mention.start < m.end() and n.mention.end > m.start() for n in inside)
    ]
    if not cuts:
        return [(start, end)]
    edges = [start, *(edge for cut in cuts for edge in cut), end]
    parts = list(zip(edges[::2], edges[1::2], strict=True))
    if not all(_stands_alone(text, a, b, inside) for a, b in parts) or not any(
        any(n.mention.start < b and n.mention.end > a for n in inside) for a, b in parts
    ):
        return [(start, end)]
    return _comma_list(text, parts[0], inside) + parts[1:]


def _stands_alone(text: str, start: int, end: int, inside: Sequence[NamedMention]) -> bool:
    part = text[start:end]
    if part.lower() in PRONOUNS or _DEFINITE.match(part):
        return True
    at_end = [n for n in inside if start <= n.mention.start < end]
    if not at_end:
        return False
    head, _ = singular(_core(text, start, end, at_end)[1].lower())
    return any(n.mention.end <= end for n in at_end) and (
        any(n.mention.end == _core(text, start, end, at_end)[0] for n in at_end)
        or head in words("en/body_nouns.txt")
        or head in words("en/person_nouns.txt")
        or _tail_person(text, start, end, at_end) is not None
    )


def _comma_list(text: str, part: tuple[int, int], inside: Sequence[NamedMention]) -> list[tuple[int, int]]:
    """Names before "and": "Ruiz, Okafor" and Lind; not "Ruiz, the mayor,", which is one."""
    start, end = part
    pieces: list[tuple[int, int]] = []
    for match in re.finditer(r"[^,]+", text[start:end]):
        a, b = _trim(text, start + match.start(), start + match.end())
        if not any(n.mention.end == b and n.mention.start >= a for n in inside):
            return [part]
        pieces.append((a, b))
    return pieces or [part]


def _core(text: str, start: int, end: int, inside: Sequence[NamedMention]) -> tuple[int, str]:
    """Where the head of the noun phrase ends, and the head word."""
    stop = end
    for match in _CUT.finditer(text, start + 1, end):
        if not any(n.mention.start < match.end() and n.mention.end > match.start() for n in inside):
            stop = match.start()
            break
    last: tuple[int, str] = (start, "")
    for match in _WORD.finditer(text, start, stop):
        word = match.group()
        covered = any(n.mention.start <= match.start() < n.mention.end for n in inside)
        if last[1] and not covered and (word.lower() in words("en/prepositions.txt") or _after_people(last[1], word)):
            break
        last = (match.end(), word)
    return last


def _after_people(noun: str, word: str) -> bool:
    """Whether a participle follows a plural of people: "economists polled by the paper", "workers striking"."""
    base, plural = singular(noun.lower())
    participle = word.endswith(("ed", "ing")) and word.islower()
    return participle and plural and base in words("en/person_nouns.txt")


def _tail_person(text: str, start: int, end: int, inside: Sequence[NamedMention]) -> NamedMention | None:
    """The person whose name ends the phrase and is its head: "President of Ukraine Volodymyr Zelensky"."""
    stop = next(
        (m.start() for m in _CUT.finditer(text, start + 1, end)
         if not any(n.mention.start < m.end() and n.mention.end > m.start() for n in inside)), end
    )  # fmt: skip
    for named in reversed(inside):
        mention = named.mention
        if not named.figure.is_person or mention.start < start:
            continue
        rest = text[mention.end : stop].strip()
        if rest and rest.lower() not in {"himself", "herself", "themself", "jr", "jr.", "sr.", "too", "also"}:
            continue
        if not _governed(text, start, mention.start):
            return named
    return None


def _governed(text: str, start: int, position: int) -> bool:
    """Whether a preposition governs the name, over its titles: "a spokesman for President Amaro"."""
    before = _WORD.findall(text[start:position])
    while before and before[-1].rstrip(".").lower() in words("en/titles.txt"):
        before.pop()
    return bool(before) and before[-1].lower() in words("en/prepositions.txt")


def _voice(text: str, start: int, end: int, inside: Sequence[NamedMention]) -> Voice | None:
    start, end = _trim(text, start, end)
    phrase = text[start:end]
    if not phrase:
        return None
    plain = phrase.lower()
    first = plain.split()[0].rstrip("’'s") if plain.split() else ""
    if plain in PRONOUNS or (first in {"he", "she", "they", "it", "we", "i"} and len(plain.split()) <= 2):
        subject = SUBJECT_FORM.get(first, first)
        return Voice(
            start, end, Sort.PRONOUN, subject, "", plural=subject in {"they", "we"}, gender=gender_of_pronoun(first)
        )
    if plain in RELATIVES:
        return Voice(start, end, Sort.RELATIVE, plain, "")
    if (tail := _tail_person(text, start, end, inside)) is not None:
        return _named_voice(text, start, end, tail)
    if (apposed := _apposed(text, start, end, inside)) is not None:
        return _named_voice(text, start, end, apposed)
    stop, word = _core(text, start, end, inside)
    ending = next(
        (n for n in inside if n.mention.start < stop <= n.mention.end + 2 and n.mention.end >= stop - 2), None
    )
    if ending is not None and ending.mention.start >= start and ending.figure.label != "NORP":
        sort = Sort.NAME if ending.figure.is_person else Sort.BODY
        return Voice(start, end, sort, word.lower(), ending.figure.name, ending.figure, gender=gender_of_title(phrase))
    return _described(text, start, end, stop, word, inside)


def _named_voice(text: str, start: int, end: int, named: NamedMention) -> Voice:
    title = text[start : named.mention.start] + text[named.mention.end : end]
    return Voice(start, end, Sort.NAME, "", named.figure.name, named.figure, gender=gender_of_title(title))


def _apposed(text: str, start: int, end: int, inside: Sequence[NamedMention]) -> NamedMention | None:
    """The name right after a comma, where what stands before is a role: "The club's coach, Ana Lopez"."""
    match = re.match(r"([^,]+),\s+", text[start:end])
    if match is None:
        return None
    place = start + match.end()
    named = next((n for n in inside if n.mention.start == place and n.figure.is_person), None)
    if named is None:
        return None
    head, plural = singular(_core(text, start, start + match.end(1), inside)[1].lower())
    return named if head in words("en/person_nouns.txt") and not plural else None


def _described(text: str, start: int, end: int, stop: int, word: str, inside: Sequence[NamedMention]) -> Voice:
    """A noun phrase whose head is no name."""
    head, plural = singular(word.lower())
    name = _DETERMINERS.sub("", text[start : _name_end(text, start, end, stop)]) or text[start:end]
    owner = next((n for n in inside if n.mention.end <= stop and _possessive(text, n.mention.end)), None)
    if word.lower() in words("en/utterance_nouns.txt") or (head in words("en/documents.txt") and owner is not None):
        speaker = owner or _author(text, stop, inside)
        if speaker is not None:
            sort = Sort.NAME if speaker.figure.is_person else Sort.BODY
            return Voice(start, end, sort, head, speaker.figure.name, speaker.figure)
        if (own := re.match(r"(his|her|their|its)\b", text[start:stop], re.IGNORECASE)) is not None:
            pronoun = own.group(1).lower()
            subject = SUBJECT_FORM[pronoun]
            return Voice(
                start, end, Sort.PRONOUN, subject, "", plural=pronoun == "their", gender=gender_of_pronoun(subject)
            )
    if word in places().peoples or {head, word.lower()} & words("en/anaphors.txt", "quantifier"):
        return Voice(start, end, Sort.DESCRIPTION, head, name, plural=True)
    if is_person_noun(head) or (word[:1].isupper() and head in words("en/titles.txt")):
        definite = _DEFINITE.match(text[start:end]) is not None or owner is not None
        gender = gender_of_title(word)
        return Voice(start, end, Sort.DESCRIPTION, head, name, None, plural, definite, gender)
    if head in words("en/body_nouns.txt") or {head, word.lower()} & (
        words("en/documents.txt") | words("en/utterance_nouns.txt")
    ):
        return Voice(
            start, end, Sort.BODY, head, name, plural=plural, definite=_DEFINITE.match(text[start:end]) is not None
        )
    if word[:1].isupper() and not plural and _DETERMINERS.match(text[start:end]) is not None and " " in name:
        return Voice(start, end, Sort.BODY, head, name)
    if word[:1].isupper() and not plural:
        sort = Sort.NAME if gender_of_given_name(text[start:stop]) is not None or " " not in name else Sort.BODY
        return Voice(start, end, sort, head, text[start:stop].strip())
    definite = _DEFINITE.match(text[start:end]) is not None
    return Voice(start, end, Sort.DESCRIPTION, head, name, None, plural, definite, gender_of_title(word))


def _name_end(text: str, start: int, end: int, stop: int) -> int:
    """A description keeps what its preposition brings, up to the first comma: "a spokesman for the ministry"."""
    cut = _CUT.search(text, max(stop, start + 1), end)
    return cut.start() if cut else end


def _possessive(text: str, position: int) -> bool:
    return text[position : position + 2] in {"'s", "’s"} or (
        text[position : position + 1] in {"'", "’"} and text[position - 1] == "s"
    )


def _author(text: str, stop: int, inside: Sequence[NamedMention]) -> NamedMention | None:
    """The name after of, by or from: "a letter from the ministry"."""
    after = (n for n in inside if n.mention.start >= stop)
    return next((n for n in after if _BY.search(text[stop : n.mention.start])), None)


_BY = re.compile(r"\b(?:of|by|from)\s+(?:the\s+)?(?:\w+\s+){0,3}$")
