"""Resolve "they" and "it", descriptions of organisations, and the subject before an unattributed quotation."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.attribution.coreference import OBJECT, SUBJECT
from quotewire_extract.attribution.first_uses import FirstUses
from quotewire_extract.attribution.mentions import MentionType, parse_mention
from quotewire_extract.attribution.speaker_mentions import speaker_from_cluster, speaker_from_mention
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.nouns import is_person_noun, singular
from quotewire_extract.lexicon.places import places
from quotewire_names import Gender

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.attribution.coreference import Resolver
    from quotewire_extract.attribution.mentions import ParsedMention
    from quotewire_extract.entities.clusters import EntityCluster
    from quotewire_extract.quotation import SpeakerMention

_MAX_SENTENCES = 3
"""Sentences back in which they and it look for their antecedent."""

_ORGANISATION_HEAD = re.compile(r"\W*((?:The|A|An|Its|Their|His|Her)\s(?:[\w’'-]+\s?){1,6})")
_WORDS = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_GENERIC = frozenset({"company", "firm", "group", "organisation", "organization", "business"})


@dataclass(slots=True)
class Antecedents:
    """Antecedents of one article's pronouns and descriptions that are not one person."""

    context: ArticleContext
    resolver: Resolver
    _has_they: bool = field(init=False)
    _organisations: list[EntityCluster] = field(init=False)
    _by_word: dict[str, list[EntityCluster]] = field(default_factory=dict)
    _uses: FirstUses = field(init=False)

    def __post_init__(self) -> None:
        self._uses = FirstUses(self.context.text)
        self._has_they = Gender.THEY in self.context.genders.values()
        named = {n.cluster.number: n.cluster for n in self.context.mentions if n.cluster.label == "ORG"}
        self._organisations = list(named.values())
        for organisation in self._organisations:
            for word in set(organisation.name.lower().split()):
                self._by_word.setdefault(word, []).append(organisation)

    def last_pair(self, position: int) -> list[SpeakerMention]:
        """Return the two who last spoke together; empty where no two did."""
        pair = self.resolver.earlier.last_pair(position)
        return list(pair.mentions) if pair is not None else []

    def of_they(self, position: int) -> list[SpeakerMention]:
        """Resolve "they".

        In this order: the last joint speakers, a person known as they, the plural subject before, two persons in the
        same sentence, the last speaker of unknown gender, an organisation.
        """
        context = self.context
        group = self.resolver.earlier.last_group(position)
        if group is not None:
            near = context.paragraph(position) - context.paragraph(group.position) <= 2
            if near and context.section(group.position) == context.section(position):
                return list(group.mentions)
        if self._has_they:
            person = self.resolver.resolve_pronoun(position, Gender.THEY)
            if person is not None:
                return [speaker_from_cluster(person)]
        plural = self._plural_subject(position)
        if plural is not None:
            return [plural]
        begin, _ = context.sentence_span(context.sentence(position))
        here = {n.cluster.number: n.cluster for n in context.mentions_between(begin, position)
                if n.cluster.is_person and not context.is_marked(n.mention.start)}  # fmt: skip
        between = context.text[max(begin, position - 160) : position]
        if len(here) == 2 and re.search(r"\b(?:and|with)\b", between):
            return [speaker_from_cluster(person) for person in here.values()]
        last = self.resolver.last_speaker(position)
        if last is not None and last.cluster is not None and last.kind == "person":
            near = context.paragraph(position) - context.paragraph(last.end) <= 1
            if near and context.genders[last.cluster.number] is None:
                return [speaker_from_cluster(last.cluster)]
        organisation = self.of_it(position)
        return [organisation] if organisation else []

    def _plural_subject(self, position: int) -> SpeakerMention | None:
        context, text = self.context, self.context.text
        here = context.sentence(position)
        for number in range(here, max(-1, here - _MAX_SENTENCES), -1):
            start, end = context.sentence_span(number)
            end = min(end, position)
            for match in re.finditer(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*", text[start : min(end, start + 110)]):
                noun, plural = singular(match.group().lower())
                people = (match.group() in places().peoples and plural) or (
                    plural and noun in words("en/person_nouns.txt")
                )
                if people and not context.is_marked(start + match.start()):
                    found = self._phrase_until(start, start + match.end())
                    if found is not None:
                        return found
                    break
        return None

    def _phrase_until(self, start: int, end: int) -> SpeakerMention | None:
        """Return the noun phrase that ends here: back to the sentence's start or the last comma or preposition."""
        text = self.context.text
        lead = re.split(r"[,;:“”\"\n]", text[start:end])[-1]
        begin = end - len(lead)
        prepositions = "|".join(sorted(words("en/prepositions.txt")))
        governing = list(re.finditer(rf"\b(?:{prepositions})\s+", lead, re.IGNORECASE))
        if governing:
            begin += governing[-1].end()
        found = parse_mention(text, begin, end, self.context.mentions_between(begin, end))
        if len(found) != 1 or found[0].type is not MentionType.DESCRIPTION:
            return None
        return speaker_from_mention(found[0])

    def of_it(self, position: int) -> SpeakerMention | None:
        """Resolve "it": an organisation that is the subject of this sentence or one before, or that spoke last."""
        context = self.context
        here = context.sentence(position)
        begin, _ = context.sentence_span(max(0, here - _MAX_SENTENCES + 1))
        best: tuple[float, int, EntityCluster] | None = None
        for n in context.mentions_between(begin, position):
            if n.cluster.label not in {"ORG", "GPE", "FAC"}:
                continue
            weight = self.resolver.role_weight(n.mention.start, n.mention.end)
            if weight <= OBJECT and n.cluster.label != "ORG":
                continue
            value = (
                weight * 0.75 ** (here - context.sentence(n.mention.start)) * (1.0 if n.cluster.label == "ORG" else 0.8)
            )
            if best is None or value >= best[0]:
                best = (value, n.mention.start, n.cluster)
        spoke = self.resolver.earlier.last_organisation(position)
        if spoke is not None:
            near = context.paragraph(position) - context.paragraph(spoke.position) <= 1
            if near and (best is None or best[0] < SUBJECT or best[1] < spoke.position):
                return spoke.mentions[0]
        unnamed = self._organisation_subject(position)
        if unnamed is not None and (best is None or best[0] < SUBJECT):
            return unnamed
        return speaker_from_cluster(best[2]) if best else None

    def _organisation_subject(self, position: int) -> SpeakerMention | None:
        """Return an organisation without a name at the head of this sentence or the one before.

        "The company lost money. It said …"
        """
        context, text = self.context, self.context.text
        here = context.sentence(position)
        for number in range(here, max(-1, here - 2), -1):
            start, end = context.sentence_span(number)
            head = _ORGANISATION_HEAD.match(text, start, min(end, position))
            for word in _WORDS.finditer(text, *(head.span(1) if head else (0, 0))):
                noun, plural = singular(word.group().lower())
                if noun in words("en/organisation_nouns.txt") and not plural and head is not None:
                    begin = head.start(1)
                    found = parse_mention(text, begin, word.end(), context.mentions_between(begin, word.end()))
                    return speaker_from_mention(found[0]) if found else None
        return None

    def of_organisation(self, mention: ParsedMention) -> SpeakerMention | None:
        """Return the named organisation to which a bare description refers ("the company"); None for one of its own."""
        phrase = self.context.text[mention.start : mention.end].lower()
        if not mention.definite or len(phrase.split()) > 2 or phrase.split()[0] not in {"the", "this"}:
            return None
        named = self._by_word.get(mention.head, [])
        if before := bisect_left(named, mention.start, key=_first_mention):
            return speaker_from_cluster(named[before - 1])
        if mention.head not in words("en/organisation_anaphors.txt"):
            return None
        spoke = self.resolver.earlier.last_organisation(mention.start, label="ORG")
        if spoke is not None:
            return spoke.mentions[0]
        first = self._organisations[0] if self._organisations else None
        if first is None or _first_mention(first) >= mention.start or not self._is_called(first, mention.head):
            return None
        return speaker_from_cluster(first)

    def _is_called(self, organisation: EntityCluster, noun: str) -> bool:
        """Whether the sentence of its first mention calls it so: "Blue Heron, a group of hackers"."""
        mention = organisation.mentions[0]
        begin, end = self.context.sentence_span(self.context.sentence(mention.start))
        around = self.context.text[begin:end].lower()
        return re.search(rf"\b{re.escape(noun)}\b", around) is not None or (
            noun in _GENERIC and len(organisation.mentions) > 1
        )

    def subject_before(self, position: int) -> EntityCluster | None:
        """Return the subject right before an unattributed quotation, if a person and newer than the last speaker."""
        context = self.context
        last = self.resolver.last_speaker(position)
        number = context.sentence(position)
        for back in (number, number - 1):
            if back < 0:
                break
            begin, end = context.sentence_span(back)
            if context.paragraph(position) - context.paragraph(begin) > 1:
                break
            for n in context.mentions_between(begin, min(end, position)):
                if not n.cluster.is_person or context.is_marked(n.mention.start):
                    continue
                newer = last is None or n.mention.start > last.end
                if newer and self.resolver.role_weight(n.mention.start, n.mention.end) == SUBJECT:
                    return n.cluster
        return None

    def is_anaphoric(self, mention: ParsedMention) -> bool:
        """Whether a definite description can refer to the person named last although no role matches it."""
        if re.fullmatch(r"\d+-year-old", mention.head):
            return True
        text = self.context.text[mention.start : mention.end].lower()
        if not (text.startswith("the ") and len(text.split()) <= 2 and is_person_noun(mention.head)):
            return False
        last = self.resolver.last_speaker(mention.start)
        if mention.head not in words("en/anaphors.txt", "generic"):
            situation = mention.head in words("en/anaphors.txt", "situation")
            if situation or self._uses.before(mention.head, mention.start):
                return False
            if len(self.context.people()) == 1:
                return True
        return (
            last is not None
            and last.cluster is not None
            and self.context.paragraph(mention.start) - self.context.paragraph(last.end) <= 2
        )


def _first_mention(cluster: EntityCluster) -> int:
    return cluster.mentions[0].start
