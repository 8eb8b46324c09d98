"""Attribute every quotation of one article to its speakers, in the order of the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.attribution.antecedents import Antecedents
from quotewire_extract.attribution.coreference import EarlierSpeaker, Resolver
from quotewire_extract.attribution.mentions import MentionType, ParsedMention, parse_mention
from quotewire_extract.attribution.relative_clauses import relative_antecedent
from quotewire_extract.attribution.signatures import signer
from quotewire_extract.attribution.speaker_mentions import (
    GROUP,
    ORGANISATION,
    UNKNOWN,
    described_speaker,
    speaker_from_cluster,
    speaker_from_mention,
    unknown_speaker,
    with_location,
    without_location,
)
from quotewire_extract.attribution.speaker_words import find_source
from quotewire_extract.attribution.transcripts import speaker_of_turn
from quotewire_names import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import CharSpan, Quotation, SpeakerMention

MAX_PARAGRAPHS = 1
"""Paragraphs over which a quotation without attribution continues the speaker before it."""

_PAIR = re.compile(
    r"(?:both|(?:the|these) (?:two|pair|couple|duo))(?: (?:men|women|leaders|ministers|brothers|sisters))?$",
    re.IGNORECASE,
)
"""Two people named before: whole mentions only, so "both companies" is no pair."""
_AFTER_HEAD = re.compile(r"(?<=\w) (?:for|of|who|at|in|from|with) ")


def attribute_speakers(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Set ``speakers`` of all quotations. Those without a mention that open a section are last."""
    attribution = _Attribution(context)
    in_order = sorted(quotations, key=_position)
    unmentioned = [quotation for quotation in in_order if not attribution.attribute(quotation, quotations)]
    for quotation in unmentioned:
        if quotation.speakers[0].kind == UNKNOWN:
            _attribute_to_next(context, quotation, in_order)
    return quotations


def _attribute_to_next(context: ArticleContext, quotation: Quotation, in_order: Sequence[Quotation]) -> None:
    """Attribute a quotation that opens the article or a section to the speaker in the next paragraph."""
    for other in in_order:
        distance = context.paragraph(other.start) - context.paragraph(quotation.end)
        if other is not quotation and 0 <= distance <= 1 and other.start > quotation.start and other.source:
            quotation.speakers = [without_location(speaker) for speaker in other.speakers]
            return


def _position(quotation: Quotation) -> int:
    """Return where the speaker is mentioned, else where the words begin: quotations are attributed in this order."""
    return quotation.source[0] if quotation.source else quotation.start


@dataclass(slots=True)
class _Attribution:
    """Attributes the quotations of one article one by one and remembers who spoke."""

    context: ArticleContext
    resolver: Resolver = field(init=False)
    antecedents: Antecedents = field(init=False)

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.context)
        self.antecedents = Antecedents(self.context, self.resolver)

    def attribute(self, quotation: Quotation, quotations: Sequence[Quotation]) -> bool:
        """Set the speakers of one quotation; returns whether the text mentions them."""
        mention = None
        turn = speaker_of_turn(self.context, quotation.start) if quotation.parent is None else None
        signature = signer(self.context, quotation) if turn is None else None
        if turn is not None:
            quotation.speakers = [turn]
        elif signature is not None:
            speaker = speaker_from_cluster(signature.cluster)
            location = signature.mention.start, signature.mention.end
            quotation.speakers = [with_location(speaker, *location, self.context.text)]
        else:
            mention = find_source(self.context, self.resolver, quotation)
            quotation.speakers = self._mentioned(mention) if mention else self._continued(quotation, quotations)
        self._record(quotation)
        return turn is not None or signature is not None or mention is not None

    def _mentioned(self, mention: CharSpan) -> list[SpeakerMention]:
        text = self.context.text
        parsed = parse_mention(text, *mention, self.context.mentions_between(mention[0] - 60, mention[1]))
        speakers = [speaker for one in parsed for speaker in self._resolve(one)]
        return speakers or [with_location(unknown_speaker(), *mention, text)]

    def _resolve(self, mention: ParsedMention) -> list[SpeakerMention]:
        if mention.type in {MentionType.PRONOUN, MentionType.RELATIVE}:
            found = self._pronoun(mention)
        elif mention.cluster is not None:
            found = [speaker_from_mention(mention)]
        elif mention.type is MentionType.ORGANISATION:
            found = [self.antecedents.of_organisation(mention) or speaker_from_mention(mention)]
        elif mention.plural and _PAIR.match(self.context.text, mention.start, mention.end):
            found = self._pair(mention)
        elif mention.type is MentionType.NAME:
            found = [self._unlabelled_name(mention)]
        else:
            found = [self._description(mention)]
        return [with_location(speaker, mention.start, mention.end, self.context.text) for speaker in found]

    def _pronoun(self, mention: ParsedMention) -> list[SpeakerMention]:
        if mention.type is MentionType.RELATIVE:
            antecedent = relative_antecedent(self.context, mention.start, mention.head)
            if antecedent is None:
                return []
            around = self.context.mentions_between(antecedent[0] - 60, antecedent[1])
            parsed = parse_mention(self.context.text, *antecedent, around)
            return [s for one in parsed if one.type is not MentionType.RELATIVE for s in self._resolve(one)]
        if mention.head in {"they", "them", "their"}:
            return self.antecedents.of_they(mention.start)
        if mention.head == "it":
            organisation = self.antecedents.of_it(mention.start)
            return [organisation] if organisation else []
        if mention.head in {"he", "she"}:
            person = self.resolver.resolve_pronoun(mention.start, mention.gender)
            return [speaker_from_cluster(person)] if person else self._unnamed_before(mention.start)
        return []

    def _unnamed_before(self, position: int) -> list[SpeakerMention]:
        last = self.resolver.last_speaker(position, plural=False)
        return [] if last is None or last.kind == ORGANISATION else [described_speaker(last.name, last.kind)]

    def _pair(self, mention: ParsedMention) -> list[SpeakerMention]:
        last = self.resolver.last_speaker(mention.start, plural=True)
        pair = self.antecedents.last_pair(mention.start)
        if last is not None and pair and self.context.paragraph(mention.start) - self.context.paragraph(last.end) <= 2:
            return pair
        persons = self.resolver.two_most_salient(mention.start)
        return [speaker_from_cluster(p) for p in persons] if len(persons) == 2 else [speaker_from_mention(mention)]

    def _unlabelled_name(self, mention: ParsedMention) -> SpeakerMention:
        """Resolve a name that is no entity mention: the person whose name contains it, else a new person."""
        key = name_key(mention.name).split()
        for person in self.context.people():
            parts = person.key.split()
            if key and parts and key[-1] == parts[-1] and (len(key) == 1 or key[0] == parts[0]):
                return speaker_from_cluster(person)
        return speaker_from_mention(mention)

    def _description(self, mention: ParsedMention) -> SpeakerMention:
        if mention.plural or not mention.definite:
            return speaker_from_mention(mention)
        person = self.resolver.resolve_description(mention)
        if person is not None:
            return speaker_from_cluster(person)
        unnamed = self.resolver.unnamed_antecedent(mention)
        if unnamed is not None:
            return described_speaker(unnamed.name, unnamed.kind)
        if self.antecedents.is_anaphoric(mention):
            person = self.resolver.resolve_pronoun(mention.start, mention.gender)
            if person is not None:
                return speaker_from_cluster(person)
        return speaker_from_mention(mention)

    def _continued(self, quotation: Quotation, quotations: Sequence[Quotation]) -> list[SpeakerMention]:
        """Return the subject of the words before, else the last speaker of this paragraph or the one before."""
        context, start = self.context, quotation.start
        subject = self.antecedents.subject_before(start)
        if subject is not None:
            return [speaker_from_cluster(subject)]
        last = self.resolver.last_speaker(start)
        near = last is not None and context.paragraph(start) - context.paragraph(last.end) <= MAX_PARAGRAPHS
        if last is not None and near and context.section(last.end) == context.section(start):
            before = next((q for q in quotations if q.speakers and _position(q) == last.position), None)
            if before is not None:
                return [without_location(speaker) for speaker in before.speakers]
        return [unknown_speaker()]

    def _record(self, quotation: Quotation) -> None:
        """Remember who spoke, for the quotations that follow."""
        speaker = quotation.speakers[0]
        if speaker.kind == UNKNOWN:
            return
        plural = len(quotation.speakers) > 1 or speaker.kind == GROUP
        cluster = self.context.cluster(speaker.name_key, speaker.label)
        self.resolver.earlier.append(
            EarlierSpeaker(
                position=_position(quotation),
                end=max(quotation.end, quotation.cue[1] if quotation.cue else 0, speaker.end or 0),
                cluster=None if plural else cluster,
                name=speaker.name,
                kind="inner" if quotation.parent is not None else speaker.kind,
                head=_AFTER_HEAD.split(speaker.name)[0].split()[-1].lower() if speaker.name.split() else "",
                plural=plural,
            )
        )
        self.antecedents.record(_position(quotation), quotation.speakers)
