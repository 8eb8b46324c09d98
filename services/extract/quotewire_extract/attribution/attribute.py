"""Settle who said each quotation of one article, in the order of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.attribution.antecedents import Antecedents
from quotewire_extract.attribution.confidence import of_quotation, of_speaker
from quotewire_extract.attribution.coreference import NEUTRAL, Resolver, Said
from quotewire_extract.attribution.mentions import PRONOUNS, RELATIVES, Sort, Voice, voices
from quotewire_extract.attribution.signatures import signer
from quotewire_extract.attribution.speakers import (
    GROUP,
    ORGANISATION,
    TITLE,
    UNKNOWN,
    at,
    nowhere,
    of_figure,
    speaker_of,
    unknown,
)
from quotewire_extract.attribution.transcripts import Transcript
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.nouns import is_person_noun, singular
from quotewire_extract.quotation import SpeakerMention
from quotewire_names.name_key import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import Quotation

_RECIPIENT_FIRST = re.compile(
    r"\b(?:told|tells|tell|telling|informed|informs|informing|assured|reminded)\W*$", re.IGNORECASE
)
"""Cues that never stand before their subject: who follows them is spoken to."""

FREE_STANDING = 1
"""Paragraphs over which a quotation without attribution goes on with the speaker before it."""


@dataclass(slots=True)
class Attribution:
    """Gives every quotation of one article its speakers. One object per article."""

    scene: ArticleContext
    talk: Transcript
    resolver: Resolver = field(init=False)
    antecedents: Antecedents = field(init=False)

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.scene)
        self.antecedents = Antecedents(self.scene, self.resolver)

    def settle(self, quotations: Sequence[Quotation]) -> None:
        """Fill ``speakers`` of all quotations; those without any mention last, when their neighbours are known."""
        waiting: list[Quotation] = []
        for quotation in sorted(quotations, key=_anchor):
            turn = self.talk.speaker(quotation.start) if quotation.parent is None else None
            if turn is not None:
                quotation.speakers = [turn]
                self._remember(quotation)
                continue
            signed = signer(self.scene, quotation)
            if signed is not None:
                quotation.speakers = [
                    at(of_figure(signed.figure), signed.mention.start, signed.mention.end, self.scene.text)
                ]
                self._remember(quotation)
                continue
            mention = self._source(quotation)
            if mention is None:
                waiting.append(quotation)
                self._free_standing(quotation, quotations)
                continue
            found = voices(self.scene.text, *mention, self.scene.between(mention[0] - 60, mention[1]))
            quotation.speakers = [speaker for voice in found for speaker in self._speakers(voice)]
            if not quotation.speakers:
                quotation.speakers = [at(unknown(), *mention, self.scene.text)]
            self._remember(quotation)
        for quotation in waiting:
            if quotation.speakers[0].kind == "unknown":
                self._from_after(quotation, quotations)
        for quotation in quotations:
            quotation.context = self._context(quotation)
            quotation.confidence = of_quotation(self.scene.text, quotation, quotations)
            for speaker in quotation.speakers:
                speaker.confidence = of_speaker(speaker)

    def _context(self, quotation: Quotation) -> tuple[int, int]:
        """The sentences that hold content, cue and mention."""
        scene = self.scene
        spans = [*quotation.content, *(s for s in (quotation.cue, quotation.source) if s is not None)]
        start, _ = scene.sentence_span(scene.sentence(min(s for s, _ in spans)))
        _, end = scene.sentence_span(scene.sentence(max(e for _, e in spans) - 1))
        while end > start and scene.text[end - 1].isspace():
            end -= 1
        return min(start, *(s for s, _ in spans)), max(end, *(e for _, e in spans))

    def _source(self, quotation: Quotation) -> tuple[int, int] | None:
        """The mention of the speaker, unless it stands in the quotation's own words or is the one spoken to.

        Where the reader gave none but a cue, the subject of the cue's sentence serves.
        """
        source, text = quotation.source, self.scene.text
        cue = quotation.cue
        if source is not None:
            parts = re.findall(r"\w+", text[slice(*source)].lower())
            held = [(a, b) for a, b in quotation.content if a <= source[0] and source[1] <= b]
            inside = bool(held) and not (cue and any(a <= cue[0] and cue[1] <= b for a, b in held))
            empty = not parts or all(part in _EMPTY for part in parts) or _is_no_noun(text[slice(*source)].strip())
            told = _RECIPIENT_FIRST.search(text, max(0, source[0] - 30), source[0])
            if not (inside or empty or (told and cue and cue[1] <= source[0])):
                return self._widened(source)
        return self._subject_before(cue[0], quotation) if cue is not None else None

    def _widened(self, source: tuple[int, int]) -> tuple[int, int]:
        """The mention with what the reader cut off: "U.S." before "officials", the name after "the mayor,"."""
        start, end = source
        behind = [n for n in self.scene.between(end + 2, end + 3) if n.figure.is_person]
        named = any(n.figure.is_person for n in self.scene.between(start, end))
        if behind and not named and self.scene.text[end : end + 2] == ", ":
            close = behind[0].mention.end
            if self.scene.text[close : close + 1] == ",":
                return start, close
        before = [n for n in self.scene.between(start - 60, start) if n.mention.end == start - 1]
        joined = before and self.scene.text[start - 1] == " " and before[0].figure.label in {"GPE", "NORP", "ORG"}
        phrase = self.scene.text[slice(*source)].lower()
        lower = (
            phrase[0] == self.scene.text[start] and phrase not in _PRONOMINAL and phrase.split()[0] not in _DETERMINERS
        )
        return (before[0].mention.start, end) if joined and lower else source

    def _subject_before(self, position: int, quotation: Quotation) -> tuple[int, int] | None:
        """The last name or pronoun before the cue in its sentence that is neither quoted nor an object."""
        scene = self.scene
        start, _ = scene.sentence_span(scene.sentence(position))
        found = [
            (n.mention.start, n.mention.end)
            for n in scene.between(start, position)
            if n.figure.label in _SPEAKING and self.resolver.place(n.mention.start, n.mention.end) >= NEUTRAL
        ]
        pronouns = re.finditer(r"\b(?:he|she|they|it|who)\b", scene.text[start:position], re.IGNORECASE)
        found += [(start + m.start(), start + m.end()) for m in pronouns if not scene.is_marked(start + m.start())]
        outside = [f for f in found if not any(a <= f[0] < b for a, b in quotation.content)]
        return max(outside, default=None)

    def _speakers(self, voice: Voice) -> list[SpeakerMention]:
        if voice.sort is Sort.PRONOUN or voice.sort is Sort.RELATIVE:
            found = self._pronoun(voice)
        elif voice.figure is not None:
            found = [speaker_of(voice)]
        elif voice.sort is Sort.BODY:
            found = [self.antecedents.of_body(voice) or speaker_of(voice)]
        elif voice.plural and _PAIR.match(self.scene.text, voice.start, voice.end):
            found = self._pair(voice)
        elif voice.sort is Sort.NAME:
            found = [self._bare_name(voice)]
        else:
            found = [self._description(voice)]
        return [at(speaker, voice.start, voice.end, self.scene.text) for speaker in found]

    def _pronoun(self, voice: Voice) -> list[SpeakerMention]:
        if voice.sort is Sort.RELATIVE:
            antecedent = self.antecedents.of_relative(voice.start, voice.head)
            if antecedent is None:
                return []
            inner = voices(self.scene.text, *antecedent, self.scene.between(antecedent[0] - 60, antecedent[1]))
            return [s for v in inner if v.sort is not Sort.RELATIVE for s in self._speakers(v)]
        if voice.head in {"they", "them", "their"}:
            return self.antecedents.of_they(voice.start)
        if voice.head == "it":
            body = self.antecedents.of_it(voice.start)
            return [body] if body else []
        if voice.head in {"he", "she"}:
            resolution = self.resolver.person(voice.start, voice.gender)
            return [of_figure(resolution.figure)] if resolution else self._unnamed_before(voice.start)
        return []

    def _unnamed_before(self, position: int) -> list[SpeakerMention]:
        said = self.resolver.last(position, plural=False)
        if said is None or said.kind == ORGANISATION:
            return []
        return [SpeakerMention(None, None, "", said.name, name_key(said.name), TITLE, said.kind, None)]

    def _pair(self, voice: Voice) -> list[SpeakerMention]:
        said = self.resolver.last(voice.start, plural=True)
        heard = self.antecedents.together(voice.start)
        if said is not None and heard and self.scene.paragraph(voice.start) - self.scene.paragraph(said.end) <= 2:
            return heard
        pair = self.resolver.pair(voice.start)
        return [of_figure(figure) for figure in pair] if len(pair) == 2 else [speaker_of(voice)]

    def _bare_name(self, voice: Voice) -> SpeakerMention:
        """A name that no entity covers: the figure whose name holds it, else a person by that name."""
        key = name_key(voice.name).split()
        for figure in self.scene.people():
            parts = figure.key.split()
            if key and parts and key[-1] == parts[-1] and (len(key) == 1 or key[0] == parts[0]):
                return of_figure(figure)
        return speaker_of(voice)

    def _description(self, voice: Voice) -> SpeakerMention:
        if voice.plural or not voice.definite:
            return speaker_of(voice)
        resolution = self.resolver.described(voice, voice.start)
        if resolution is not None:
            return of_figure(resolution.figure)
        said = self.resolver.anaphor(voice, voice.start)
        if said is not None:
            return SpeakerMention(None, None, "", said.name, name_key(said.name), TITLE, said.kind, None)
        if self.antecedents.is_anaphoric(voice):
            resolution = self.resolver.person(voice.start, voice.gender)
            if resolution is not None:
                return of_figure(resolution.figure)
        return speaker_of(voice)

    def _free_standing(self, quotation: Quotation, quotations: Sequence[Quotation]) -> None:
        """No mention: the subject of the words before, else who spoke last, in this paragraph or the one before."""
        scene = self.scene
        start = quotation.start
        here = scene.paragraph(start)
        introduced = self.antecedents.introduced(start)
        if introduced is not None:
            quotation.speakers = [of_figure(introduced)]
        else:
            last = self.resolver.last(start)
            near = last is not None and here - scene.paragraph(last.end) <= FREE_STANDING
            if last is not None and near and scene.section(last.end) == scene.section(start):
                source = next((q for q in quotations if q.speakers and _anchor(q) == last.position), None)
                quotation.speakers = [nowhere(s) for s in source.speakers] if source else []
        quotation.speakers = quotation.speakers or [unknown()]
        self._remember(quotation)

    def _from_after(self, quotation: Quotation, quotations: Sequence[Quotation]) -> None:
        """A quotation that opens the article or a section: whoever speaks in the next paragraph."""
        for other in sorted(quotations, key=_anchor):
            distance = self.scene.paragraph(other.start) - self.scene.paragraph(quotation.end)
            if other is not quotation and 0 <= distance <= 1 and other.start > quotation.start and other.source:
                quotation.speakers = [nowhere(speaker) for speaker in other.speakers]
                return

    def _remember(self, quotation: Quotation) -> None:
        speaker = quotation.speakers[0]
        if speaker.kind == UNKNOWN:
            return
        plural = len(quotation.speakers) > 1 or speaker.kind == GROUP
        figure = self.scene.figure(speaker.name_key, speaker.label)
        self.resolver.said.append(
            Said(
                position=_anchor(quotation),
                end=max(quotation.end, quotation.cue[1] if quotation.cue else 0, speaker.end or 0),
                figure=None if plural else figure,
                name=speaker.name,
                kind="inner" if quotation.parent is not None else speaker.kind,
                head=_HEAD.split(speaker.name)[0].split()[-1].lower() if speaker.name.split() else "",
                plural=plural,
            )
        )
        self.antecedents.heard(_anchor(quotation), quotation.speakers)


_DETERMINERS = words("en/anaphors.txt", "quantifier") | frozenset(
    ("the", "a", "an", "his", "her", "its", "their", "this", "that", "one", "another", "other")
)
_NOUNS = frozenset().union(*(words(f"en/{file}.txt") for file in ("body_nouns", "utterance_nouns", "documents")))
_PRONOMINAL = PRONOUNS | RELATIVES | words("en/anaphors.txt", "quantifier")


def _is_no_noun(word: str) -> bool:
    """Whether a mention of one lower-case word can name nobody: "first", "open"; a reader's slip."""
    if not word.isalpha() or not word.islower() or word in _PRONOMINAL or word.endswith("s"):
        return False
    base, plural = singular(word)
    known = is_person_noun(base) or any(
        base in words(f"en/{file}.txt") for file in ("body_nouns", "utterance_nouns", "documents")
    )
    return not (plural or known)


_PAIR = re.compile(
    r"(?:both|(?:the|these) (?:two|pair|couple|duo))(?: (?:men|women|leaders|ministers|brothers|sisters))?$",
    re.IGNORECASE,
)
"""Two people named before: whole mentions, so that "both companies" stays what it is."""
_SPEAKING = frozenset({"PERSON", "ORG", "GPE"})
_EMPTY = words("en/prepositions.txt") | {"the", "a", "an", "and", "or", "but", "is", "was", "not", "s", "one", "point"}
"""Words that a reader's mention is left with when it lost its noun: they name nobody."""
_HEAD = re.compile(r"(?<=\w) (?:for|of|who|at|in|from|with) ")


def _anchor(quotation: Quotation) -> int:
    return quotation.source[0] if quotation.source else quotation.start
