"""Find the head of a speaker's noun phrase, without a parser.

The head is the last word before the first preposition, comma or relative pronoun: newspapers build their speakers so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.nouns import singular

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.clusters import ClusteredMention
    from quotewire_extract.quotation import CharSpan

_EDGE = ' \t\n\r\u00a0,.;:—–-“”"„«»()[]*'
_PHRASE_END = re.compile(r"\s*(?:,|;|:|\(|\[|—|–| - |\bwho\b|\bwhich\b|\bwhose\b|\bwhom\b|\bthat\b|“|\")")
_WORD = re.compile(r"[^\W_]+(?:[-’'.&][^\W_]+)*")
_ABBREVIATION = re.compile(r"\b(?:[A-Z]|Jr|Sr|Inc|Co|Corp)\.$")
_AFTER_NAME = frozenset({"himself", "herself", "themself", "jr", "jr.", "sr.", "too", "also"})


def trim_phrase(text: str, start: int, end: int) -> CharSpan:
    """Remove punctuation, conjunctions before and "both" after a phrase."""
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE and not _ABBREVIATION.search(text[max(start, end - 8) : end]):
        end -= 1
    if match := re.match(
        r"(?:and|but|as|while|when|though|although|both|even|so|either)\s+(?=\S+\s)", text[start:end], re.IGNORECASE
    ):
        start += match.end()
    if match := re.search(r"(?<=\w)\s+(?:both|each|alike|jointly)$", text[start:end], re.IGNORECASE):
        end = start + match.start()  # "Ruiz and Lind both said"
    return start, end


def head_of(text: str, start: int, end: int, inside: Sequence[ClusteredMention]) -> tuple[int, str]:
    """Return where the head of the noun phrase ends, and the head word; ``inside``: the entity mentions in it."""
    last: tuple[int, str] = (start, "")
    for match in _WORD.finditer(text, start, _first_end(text, start, end, inside)):
        word = match.group()
        covered = any(n.mention.start <= match.start() < n.mention.end for n in inside)
        if last[1] and not covered and (word.lower() in words("en/prepositions.txt") or _is_participle(last[1], word)):
            break
        last = (match.end(), word)
    return last


def _first_end(text: str, start: int, end: int, inside: Sequence[ClusteredMention]) -> int:
    """Return where the first comma, bracket or relative pronoun outside of names ends the phrase."""
    for match in _PHRASE_END.finditer(text, start + 1, end):
        if not any(n.mention.start < match.end() and n.mention.end > match.start() for n in inside):
            return match.start()
    return end


def _is_participle(noun: str, word: str) -> bool:
    """Whether a participle follows a plural of people: "economists polled by the paper", "workers striking"."""
    base, plural = singular(noun.lower())
    participle = word.endswith(("ed", "ing")) and word.islower()
    return participle and plural and base in words("en/person_nouns.txt")


def description_end(text: str, start: int, end: int, head_end: int) -> int:
    """Return where a description ends: after its preposition's phrase ("a spokesman for the ministry"), at a comma."""
    match = _PHRASE_END.search(text, max(head_end, start + 1), end)
    return match.start() if match else end


def person_at_end(text: str, start: int, end: int, inside: Sequence[ClusteredMention]) -> ClusteredMention | None:
    """Return the person whose name ends the phrase and is its head: "President of Ukraine Volodymyr Zelensky"."""
    stop = _first_end(text, start, end, inside)
    for named in reversed(inside):
        mention = named.mention
        if not named.cluster.is_person or mention.start < start:
            continue
        rest = text[mention.end : stop].strip()
        if rest and rest.lower() not in _AFTER_NAME:
            continue
        if not _is_governed(text, start, mention.start):
            return named
    return None


def _is_governed(text: str, start: int, position: int) -> bool:
    """Whether a preposition governs the name, over its titles: "a spokesman for President Amaro"."""
    before = _WORD.findall(text[start:position])
    while before and before[-1].rstrip(".").lower() in words("en/titles.txt"):
        before.pop()
    return bool(before) and before[-1].lower() in words("en/prepositions.txt")


def apposed_person(text: str, start: int, end: int, inside: Sequence[ClusteredMention]) -> ClusteredMention | None:
    """Return the person named right after a role and a comma: "The club's coach, Ana Lopez"."""
    match = re.match(r"([^,]+),\s+", text[start:end])
    if match is None:
        return None
    position = start + match.end()
    named = next((n for n in inside if n.mention.start == position and n.cluster.is_person), None)
    if named is None:
        return None
    head, plural = singular(head_of(text, start, start + match.end(1), inside)[1].lower())
    return named if head in words("en/person_nouns.txt") and not plural else None


def is_possessive(text: str, position: int) -> bool:
    """Whether an 's or the apostrophe of a plural stands at the position."""
    return text[position : position + 2] in {"'s", "’s"} or (
        text[position : position + 1] in {"'", "’"} and text[position - 1] == "s"
    )
