"""What who, they and it take up, and whom the words before a free-standing quotation bring in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.attribution.coreference import OBJECT, SUBJECT
from quotewire_extract.attribution.mentions import Sort, voices
from quotewire_extract.attribution.speakers import GROUP, ORGANISATION, of_figure, speaker_of
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.nouns import is_person_noun, singular
from quotewire_extract.lexicon.places import places
from quotewire_names import Gender

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.attribution.coreference import Resolver
    from quotewire_extract.attribution.mentions import Voice
    from quotewire_extract.entities.clusters import EntityCluster
    from quotewire_extract.quotation import SpeakerMention

_DETERMINER = re.compile(
    r"\b(?:the|a|an|some|many|several|his|her|its|their|one|two|three|four|those|both|another|most|other)\b(?=\s)",
    re.IGNORECASE,
)

_REACH = 3
"""Sentences back in which they and it look for what they take up."""


@dataclass(slots=True)
class Antecedents:
    """Antecedents of one article's pronouns that are not one person."""

    scene: ArticleContext
    resolver: Resolver
    _heard: list[tuple[int, Sequence[SpeakerMention]]] = field(default_factory=list)

    def heard(self, position: int, speakers: Sequence[SpeakerMention]) -> None:
        """Keep who spoke, for a later "they" or "it"."""
        self._heard.append((position, speakers))

    def together(self, position: int) -> list[SpeakerMention]:
        """The two who spoke together last; empty where nobody did."""
        joint = (speakers for where, speakers in reversed(self._heard) if where < position and len(speakers) == 2)
        return list(next(joint, []))

    def of_relative(self, position: int, pronoun: str) -> tuple[int, int] | None:
        """The noun phrase before who or which."""
        text = self.scene.text
        begin, _ = self.scene.sentence_span(self.scene.sentence(position))
        named = [n for n in self.scene.between(begin, position) if not self.scene.is_marked(n.mention.start)]
        for n in reversed(named):
            gap = text[n.mention.end : position]
            governed = re.search(r"\b(?:in|of|at|from|for|with|by|to|on)\s+(?:the\s+)?$", text[begin : n.mention.start])
            if pronoun == "who" and not n.figure.is_person and governed is not None:
                continue
            if pronoun in {"which", "that"} and n.figure.is_person:
                break
            if n.figure.label == "NORP" or (pronoun == "who" and n.figure.label in {"GPE", "LOC", "FAC"}):
                continue
            apposed = r"\s?[,(][^.;:“”\"]{0,120}" if n.figure.is_person else r"\s?[,(][^.;:“”\"]{0,120}[,)]\s*"
            if re.fullmatch(r"[\s,–—-]*(?:\d+,\s*)?", gap) or re.fullmatch(apposed, gap):
                return n.mention.start, n.mention.end
            break
        segment = text[begin:position].rstrip(" ,–—-")
        chunk = re.split(r"[,;:“”\"(]", segment)[-1]
        offset = begin + len(segment) - len(chunk)
        determiners = list(_DETERMINER.finditer(chunk))
        for determiner in reversed(determiners):
            lead = re.search(r"(\w+)\s+$", chunk[: determiner.start()])
            if (
                lead is None
                or lead.group(1).lower() not in words("en/prepositions.txt")
                or determiner is determiners[0]
            ):
                return offset + determiner.start(), begin + len(segment)
        spans = [m.span() for m in re.finditer(r"[^\s]+", chunk)]
        kept = spans[-1:] if spans else []
        for span in reversed(spans[:-1]):
            word = chunk[slice(*span)].lower()
            if word in words("en/prepositions.txt") or len(kept) == 4 or word in _BEFORE_A_NOUN_PHRASE:
                break
            kept.insert(0, span)
        return (offset + kept[0][0], begin + len(segment)) if kept else None

    def of_they(self, position: int) -> list[SpeakerMention]:
        """Several people or a body: who spoke last as several, the plural subject before, a body, one known as they."""
        scene = self.scene
        for where, speakers in reversed(self._heard):
            if where < position and (len(speakers) > 1 or speakers[0].kind == GROUP):
                if scene.paragraph(position) - scene.paragraph(where) <= 2 and scene.section(where) == scene.section(
                    position
                ):
                    return list(speakers)
                break
        neutral = [f for f in scene.people() if scene.genders[f.number] is Gender.THEY]
        if neutral:
            resolution = self.resolver.person(position, Gender.THEY)
            if resolution is not None:
                return [of_figure(resolution.figure)]
        plural = self._plural_subject(position)
        if plural is not None:
            return [plural]
        begin, _ = scene.sentence_span(scene.sentence(position))
        here = {n.figure.number: n.figure for n in scene.between(begin, position)
                if n.figure.is_person and not scene.is_marked(n.mention.start)}  # fmt: skip
        between = scene.text[max(begin, position - 160) : position]
        if len(here) == 2 and re.search(r"\b(?:and|with)\b", between):
            return [of_figure(figure) for figure in here.values()]
        last = self.resolver.last(position)
        if last is not None and last.figure is not None and last.kind == "person":
            near = scene.paragraph(position) - scene.paragraph(last.end) <= 1
            if near and scene.genders[last.figure.number] is None:
                return [of_figure(last.figure)]
        body = self.of_it(position)
        return [body] if body else []

    def _plural_subject(self, position: int) -> SpeakerMention | None:
        scene, text = self.scene, self.scene.text
        here = scene.sentence(position)
        for number in range(here, max(-1, here - _REACH), -1):
            start, end = scene.sentence_span(number)
            end = min(end, position)
            for match in re.finditer(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*", text[start : min(end, start + 110)]):
                noun, plural = singular(match.group().lower())
                people = (match.group() in places().peoples and plural) or (
                    plural and noun in words("en/person_nouns.txt")
                )
                if people and not scene.is_marked(start + match.start()):
                    found = self._phrase(start, start + match.end())
                    if found is not None:
                        return found
                    break
        return None

    def _phrase(self, start: int, end: int) -> SpeakerMention | None:
        """The noun phrase that ends here: back to the sentence's start or the last comma or preposition."""
        text = self.scene.text
        lead = re.split(r"[,;:“”\"\n]", text[start:end])[-1]
        begin = end - len(lead)
        prepositions = "|".join(sorted(words("en/prepositions.txt")))
        cut = list(re.finditer(rf"\b(?:{prepositions})\s+", lead, re.IGNORECASE))
        if cut:
            begin += cut[-1].end()
        found = voices(text, begin, end, self.scene.between(begin, end))
        if len(found) != 1 or found[0].sort is not Sort.DESCRIPTION:
            return None
        return speaker_of(found[0])

    def of_it(self, position: int) -> SpeakerMention | None:
        """A body: the subject of this sentence or one before, else the body that spoke last."""
        scene = self.scene
        here = scene.sentence(position)
        begin, _ = scene.sentence_span(max(0, here - _REACH + 1))
        best: tuple[float, int, EntityCluster] | None = None
        for n in scene.between(begin, position):
            if n.figure.label not in {"ORG", "GPE", "FAC"}:
                continue
            weight = self.resolver.place(n.mention.start, n.mention.end)
            if weight <= OBJECT and n.figure.label != "ORG":
                continue
            value = (
                weight * 0.75 ** (here - scene.sentence(n.mention.start)) * (1.0 if n.figure.label == "ORG" else 0.8)
            )
            if best is None or value >= best[0]:
                best = (value, n.mention.start, n.figure)
        for where, speakers in reversed(self._heard):
            if where < position and speakers[0].kind == ORGANISATION:
                near = scene.paragraph(position) - scene.paragraph(where) <= 1
                if near and (best is None or best[0] < SUBJECT or best[1] < where):
                    return speakers[0]
                break
        body = self._body_subject(position)
        if body is not None and (best is None or best[0] < SUBJECT):
            return body
        return of_figure(best[2]) if best else None

    def _body_subject(self, position: int) -> SpeakerMention | None:
        """A body without a name at the head of this sentence or the one before: "The company lost money. It said …"."""
        scene, text = self.scene, self.scene.text
        here = scene.sentence(position)
        for number in range(here, max(-1, here - 2), -1):
            start, end = scene.sentence_span(number)
            head = _BODY_HEAD.match(text, start, min(end, position))
            for word in _WORDS.finditer(text, *(head.span(1) if head else (0, 0))):
                noun, plural = singular(word.group().lower())
                if noun in words("en/body_nouns.txt") and not plural and head is not None:
                    begin = head.start(1)
                    found = voices(text, begin, word.end(), scene.between(begin, word.end()))
                    return speaker_of(found[0]) if found else None
        return None

    def of_body(self, voice: Voice) -> SpeakerMention | None:
        """The named body that a bare description takes up: "the company", "the paper"; None where it names its own."""
        phrase = self.scene.text[voice.start : voice.end].lower()
        if not voice.definite or len(phrase.split()) > 2 or phrase.split()[0] not in {"the", "this"}:
            return None
        before = {n.figure.number: n.figure for n in self.scene.named
                  if n.mention.start < voice.start and n.figure.label == "ORG"}  # fmt: skip
        for figure in reversed(before.values()):
            if voice.head in figure.name.lower().split():
                return of_figure(figure)
        if voice.head not in words("en/bodies_taken_up.txt"):
            return None
        for where, speakers in reversed(self._heard):
            if where < voice.start and speakers[0].kind == ORGANISATION and speakers[0].label == "ORG":
                return speakers[0]
        first = min(before.values(), key=lambda f: f.mentions[0].start, default=None)
        return of_figure(first) if first is not None and self._fits(voice, first) else None

    def _fits(self, voice: Voice, figure: EntityCluster) -> bool:
        """Whether the words around a body's name call it so: "Blue Heron, a group of hackers", "a group called …"."""
        mention = figure.mentions[0]
        begin, end = self.scene.sentence_span(self.scene.sentence(mention.start))
        around = self.scene.text[begin:end].lower()
        generic = voice.head in {"company", "firm", "group", "organisation", "organization", "business"}
        return re.search(rf"\b{re.escape(voice.head)}\b", around) is not None or (generic and len(figure.mentions) > 1)

    def introduced(self, position: int) -> EntityCluster | None:
        """The subject of the sentence right before a free-standing quotation, where newer than the last speaker."""
        scene = self.scene
        last = self.resolver.last(position)
        number = scene.sentence(position)
        for back in (number, number - 1):
            if back < 0:
                break
            begin, end = scene.sentence_span(back)
            if scene.paragraph(position) - scene.paragraph(begin) > 1:
                break
            for n in scene.between(begin, min(end, position)):
                if not n.figure.is_person or scene.is_marked(n.mention.start):
                    continue
                newer = last is None or n.mention.start > last.end
                if newer and self.resolver.place(n.mention.start, n.mention.end) == SUBJECT:
                    return n.figure
        return None

    def is_anaphoric(self, voice: Voice) -> bool:
        """Whether a definite description can take up the person named last though no role matches it."""
        if re.fullmatch(r"\d+-year-old", voice.head):
            return True
        text = self.scene.text[voice.start : voice.end].lower()
        if not (text.startswith("the ") and len(text.split()) <= 2 and is_person_noun(voice.head)):
            return False
        last = self.resolver.last(voice.start)
        if voice.head not in words("en/anaphors.txt", "generic"):
            alone = len(self.scene.people()) == 1
            situation = voice.head in words("en/anaphors.txt", "situation")
            named = re.search(rf"\b{re.escape(voice.head)}s?\b", self.scene.text[: voice.start], re.IGNORECASE)
            if situation or named is not None:
                return False
            if alone:
                return True
        return (
            last is not None
            and last.figure is not None
            and self.scene.paragraph(voice.start) - self.scene.paragraph(last.end) <= 2
        )


_BODY_HEAD = re.compile(r"\W*((?:The|A|An|Its|Their|His|Her)\s(?:[\w’'-]+\s?){1,6})")
_WORDS = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_BEFORE_A_NOUN_PHRASE = frozenset({"and", "but", "said", "is", "was", "were"})
