"""The article as the resolver of speakers sees it: sentences, paragraphs, marked stretches, and who is named where."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.lexicon import groups, words
from quotewire_extract.lexicon.gender import gender_of_title
from quotewire_extract.lexicon.places import places
from quotewire_names import Gender, gender_of_given_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.clusters import EntityCluster, NamedMention

_WORD = re.compile(r"[^\W_]+(?:[-’'.][^\W_]+)*")
_NEWLINE = re.compile(r"\n+")
_TIME = re.compile(
    r"^\s*(?:updated?:?\s*)?\d{1,2}[:.h]\d{2}\s*(?:am|pm|a\.m\.|p\.m\.|gmt|bst|cet|est|edt|utc|ist)?\b", re.IGNORECASE
)


@dataclass(slots=True)
class ArticleContext:
    """What stands where in one article. ``named`` is sorted by position; ``marked`` are stretches in double marks."""

    text: str
    sentences: list[int]
    marked: Sequence[tuple[int, int]]
    named: list[NamedMention]
    paragraphs: list[int] = field(default_factory=list)
    sections: list[int] = field(default_factory=list)
    roles: dict[int, frozenset[str]] = field(default_factory=dict)
    genders: dict[int, Gender | None] = field(default_factory=dict)
    _starts: list[int] = field(default_factory=list)
    _marks: list[int] = field(default_factory=list)
    _people: list[EntityCluster] = field(default_factory=list)
    _figures: dict[tuple[str, str | None], EntityCluster] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.paragraphs = [0, *(m.end() for m in _NEWLINE.finditer(self.text))]
        self.sentences = sorted(
            {*self.sentences, *self.paragraphs[:-1], *(p for p in self.paragraphs[-1:] if p < len(self.text))}
        )
        self.sections = [0, *(p for p in self.paragraphs if _TIME.match(self.text[p : p + 40]))]
        self._starts = [n.mention.start for n in self.named]
        self._marks = [start for start, _ in self.marked]
        self._people = list({n.figure.number: n.figure for n in self.named if n.figure.is_person}.values())
        for n in self.named:
            self._figures.setdefault((n.figure.key, n.figure.label), n.figure)
        for figure in self.people():
            self.roles[figure.number] = self._roles(figure)
        for n in self.named:
            self._inverse(n)
        for figure in self.people():
            self.genders[figure.number] = self._gender(figure)

    def people(self) -> list[EntityCluster]:
        """The persons that the article names, in order of first appearance."""
        return self._people

    def figure(self, key: str, label: str | None) -> EntityCluster | None:
        """The figure with this name_key and label."""
        return self._figures.get((key, label))

    def sentence(self, position: int) -> int:
        """Number of the sentence that holds the position."""
        return bisect_right(self.sentences, position) - 1

    def sentence_span(self, number: int) -> tuple[int, int]:
        """Start and end of a sentence."""
        number = min(max(0, number), len(self.sentences) - 1)
        start = self.sentences[number]
        end = self.sentences[number + 1] if number + 1 < len(self.sentences) else len(self.text)
        return start, end

    def paragraph(self, position: int) -> int:
        """Number of the paragraph that holds the position; empty lines do not count."""
        return bisect_right(self.paragraphs, position) - 1

    def line_end(self, position: int) -> int:
        """Where the line of the position ends."""
        end = self.text.find("\n", position)
        return end if end != -1 else len(self.text)

    def section(self, position: int) -> int:
        """Number of the entry of a live blog (a line that begins with a time of day) that holds the position."""
        return bisect_right(self.sections, position) - 1

    def entry_words(self, position: int) -> int:
        """Where the words begin after the time of day at the head of the position's paragraph; 0 without one."""
        start = self.paragraphs[self.paragraph(position)]
        time = _TIME.match(self.text[start : start + 40])
        if time is None:
            return 0
        after = start + time.end()
        while after < len(self.text) and self.text[after] in " \t.:–—-|":
            after += 1
        return after

    def is_marked(self, position: int) -> bool:
        """Whether the position stands in double quotation marks."""
        i = bisect_right(self._marks, position) - 1
        return i >= 0 and self.marked[i][0] <= position < self.marked[i][1]

    def between(self, start: int, end: int) -> list[NamedMention]:
        """Entity mentions that begin in the stretch."""
        return self.named[bisect_right(self._starts, start - 1) : bisect_right(self._starts, end - 1)]

    def before_name(self, position: int) -> str:
        """The words of the noun phrase before a name: titles, roles, "Ukraine's Foreign Minister"."""
        line = self.text[max(0, position - 80) : position]
        line = re.split(r"[\n,;:“”\"()–—]|(?<![A-Z])\.(?:\s|$)", line)[-1]
        parts = line.split()
        kept: list[str] = []
        for part in reversed(parts):
            word = part.strip(".’'").lower()
            if (word in words("en/prepositions.txt") and word != "of") or word in words("en/anaphors.txt", "calendar"):
                break
            bare = re.sub(r"['’]s$", "", part)
            role = word in words("en/titles.txt") or word in words("en/person_nouns.txt")
            if (
                role
                or bare in places().state_of
                or part[:1].isupper()
                or word in {"of", "the", "and"}
                or word.startswith("ex-")
                or (kept and word in words("en/anaphors.txt", "role adjective"))
            ):
                kept.append(part)
            else:
                break
        return " ".join(reversed(kept))

    def after_name(self, position: int) -> str:
        """The apposition after a name: ", president of the school," or "(34)"."""
        match = _APPOSITION.match(self.text, position, position + 140)
        return match.group(1) if match else ""

    def _roles(self, figure: EntityCluster) -> frozenset[str]:
        found: set[str] = set()
        for mention in figure.mentions:
            found |= role_words(self.before_name(mention.start))
            found |= role_words(self.after_name(mention.end))
            if (copula := _COPULA.match(self.text, mention.end, mention.end + 120)) is not None:
                found |= role_words(copula.group(1))
        return frozenset(found)

    def _inverse(self, named: NamedMention) -> None:
        """Give the first of two the other side of their relation: Henrik and his sister Maja, so he is the brother."""
        match = _AND_HIS.match(self.text, named.mention.end, named.mention.end + 40)
        if not named.figure.is_person or match is None:
            return
        other = INVERSE.get(match.group(2).lower())
        if other is not None:
            male = match.group(1).lower() == "his"
            number = named.figure.number
            self.roles[number] = self.roles[number] | {other[0] if male else other[1]}

    def _gender(self, figure: EntityCluster) -> Gender | None:
        """Titles first, then the given name, then the pronouns that follow where nobody else is named."""
        for mention in figure.mentions:
            title = gender_of_title(self.before_name(mention.start)) or gender_of_title(
                self.after_name(mention.end).split(" of ")[0]
            )
            if title is not None:
                return title
        spoken = self._pronouns(figure)
        if spoken is Gender.THEY:
            return spoken
        return gender_of_given_name(figure.name) or spoken

    def _pronouns(self, figure: EntityCluster) -> Gender | None:
        votes: dict[Gender, int] = {}
        for mention in figure.mentions:
            if self.is_marked(mention.start):
                continue
            _, end = self.sentence_span(self.sentence(mention.start) + 1)
            others = [n for n in self.between(mention.end, end) if n.figure.is_person and n.figure is not figure]
            stop = min([end, *(n.mention.start for n in others)])
            for match in _GENDERED.finditer(self.text, mention.end, stop):
                if not self.is_marked(match.start()):
                    gender = Gender.MALE if match.group().lower() in {"he", "his", "him", "himself"} else Gender.FEMALE
                    votes[gender] = votes.get(gender, 0) + 1
                    break
            if _SINGULAR_THEY.search(self.text[mention.end : min(end, mention.end + 200)]):
                votes[Gender.THEY] = votes.get(Gender.THEY, 0) + 3
        return max(votes, key=lambda g: votes[g]) if votes else None


_AND_HIS = re.compile(r"\s+and\s+(his|her)\s+(?:\w+\s+)??(\w+)", re.IGNORECASE)
INVERSE = {
    "sister": ("brother", "sister"), "brother": ("brother", "sister"), "wife": ("husband", "wife"),
    "husband": ("husband", "wife"), "son": ("father", "mother"), "daughter": ("father", "mother"),
    "father": ("son", "daughter"), "mother": ("son", "daughter"), "twin": ("brother", "sister"),
}  # fmt: skip
"""The other side of a relation, for a man and for a woman."""

_APPOSITION = re.compile(r"\s?(?:,|\(|–|—)\s*([^,;:.()“”\"\n]{2,110})")
_COPULA = re.compile(
    r"\s+(?:is|was|became|remains|served as|works as|has been)\s+((?:a|an|the|one of)\s[^,;.“”\"\n]{2,90})"
)
_GENDERED = re.compile(r"\b(?:he|she|his|her|him|himself|herself)\b", re.IGNORECASE)
_SINGULAR_THEY = re.compile(r"\b(?:themself|uses? they|they/them|non-?binary|goes by they)\b", re.IGNORECASE)

_NO_ROLE = frozenset({"the", "a", "an", "of", "and", "in", "for", "at", "to", "mr", "mrs", "ms", "who", "his", "her",
                      "on", "with", "by", "from", "its", "their", "that", "was", "is"})  # fmt: skip
"""Words of a description that say nothing of the role."""


def role_words(phrase: str) -> set[str]:
    """The content words of a role, folded: roles by synonym, peoples and capitals as their state, ages as numbers."""
    found: set[str] = set()
    for match in _WORD.finditer(re.sub(r"\b(\d+)-year-old\b", r"\1", phrase)):
        word = re.sub(r"['’]s$", "", match.group())
        low = word.lower()
        if low in _NO_ROLE:
            continue
        if word in places().state_of:
            found.add(places().state_of[word].lower())
            continue
        if low.endswith("s") and low[:-1] in words("en/person_nouns.txt"):
            low = low[:-1]
        found.add(groups("en/role_synonyms.txt").get(low, low))
    for first, second in _PAIRS:
        if first in phrase.lower():
            found.add(second)
    return found


_PAIRS = (("head of state", "president"), ("chief executive", "executive"), ("prime minister", "premier"),
          ("head coach", "coach"), ("first minister", "minister"))  # fmt: skip
