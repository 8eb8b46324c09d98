"""Attribute every quotation of one article to its speakers, in the order of the text."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.attribution.antecedents import Antecedents
from quotewire_extract.attribution.coreference import Resolver
from quotewire_extract.attribution.earlier_speakers import INNER, EarlierSpeaker
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
from quotewire_extract.attribution.transcripts import Transcript
from quotewire_names import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.entities.clusters import EntityCluster
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
    unmentioned = [quotation for quotation in in_order if not attribution.attribute(quotation)]
    following = _Following(context, in_order)
    for quotation in unmentioned:
        if quotation.speakers[0].kind == UNKNOWN:
            other = following.next(quotation)
            if other is not None:
                quotation.speakers = [without_location(speaker) for speaker in other.speakers]
    return quotations


class _Following:
    """Finds the quotation to whose speaker one is attributed that opens the article or a section."""

    def __init__(self, context: ArticleContext, in_order: Sequence[Quotation]) -> None:
        """Collect by paragraph where quotations with a source begin, and which one from there on is first in order."""
        self._context, self._in_order = context, in_order
        self._starts: dict[int, list[int]] = {}
        self._first_from: dict[int, list[int]] = {}
        with_source = [(quotation.start, number) for number, quotation in enumerate(in_order) if quotation.source]
        for start, number in sorted(with_source, reverse=True):
            paragraph = context.paragraph(start)
            first_from = self._first_from.setdefault(paragraph, [])
            self._starts.setdefault(paragraph, []).append(-start)
            first_from.append(min(number, first_from[-1]) if first_from else number)

    def next(self, quotation: Quotation) -> Quotation | None:
        """Return the first quotation with a source that begins behind this one, in the same paragraph or the next."""
        paragraph = self._context.paragraph(quotation.end)
        found: list[int] = []
        for number in (paragraph, paragraph + 1):
            behind = bisect_left(self._starts.get(number, []), -quotation.start)
            if behind:
                found.append(self._first_from[number][behind - 1])
        return self._in_order[min(found)] if found else None


def _position(quotation: Quotation) -> int:
    """Return where the speaker is mentioned, else where the words begin: quotations are attributed in this order."""
    return quotation.source[0] if quotation.source else quotation.start


@dataclass(slots=True)
class _Attribution:
    """Attributes the quotations of one article one by one and remembers who spoke."""

    context: ArticleContext
    resolver: Resolver = field(init=False)
    antecedents: Antecedents = field(init=False)
    transcript: Transcript = field(init=False)
    _by_position: dict[int, Quotation] = field(default_factory=dict)
    _people_by_name: dict[str | tuple[str, str], EntityCluster] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.resolver = Resolver(self.context)
        self.antecedents = Antecedents(self.context, self.resolver)
        self.transcript = Transcript(self.context)
        for person in self.context.people():
            if parts := person.key.split():
                self._people_by_name.setdefault(parts[-1], person)
                self._people_by_name.setdefault((parts[0], parts[-1]), person)

    def attribute(self, quotation: Quotation) -> bool:
        """Set the speakers of one quotation; returns whether the text mentions them."""
        mention = None
        turn = self.transcript.speaker(quotation.start) if quotation.parent is None else None
        signature = signer(self.context, quotation) if turn is None else None
        if turn is not None:
            quotation.speakers = [turn]
        elif signature is not None:
            speaker = speaker_from_cluster(signature.cluster)
            location = signature.mention.start, signature.mention.end
            quotation.speakers = [with_location(speaker, *location, self.context.text)]
        else:
            mention = find_source(self.context, self.resolver, quotation)
            quotation.speakers = self._mentioned(mention) if mention else self._continued(quotation)
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
        if key:
            person = self._people_by_name.get(key[-1] if len(key) == 1 else (key[0], key[-1]))
            if person is not None:
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

    def _continued(self, quotation: Quotation) -> list[SpeakerMention]:
        """Return the subject of the words before, else the last speaker of this paragraph or the one before."""
        context, start = self.context, quotation.start
        subject = self.antecedents.subject_before(start)
        if subject is not None:
            return [speaker_from_cluster(subject)]
        last = self.resolver.last_speaker(start)
        near = last is not None and context.paragraph(start) - context.paragraph(last.end) <= MAX_PARAGRAPHS
        if last is not None and near and context.section(last.end) == context.section(start):
            return [without_location(speaker) for speaker in self._by_position[last.position].speakers]
        return [unknown_speaker()]

    def _record(self, quotation: Quotation) -> None:
        """Remember who spoke, for the quotations that follow."""
        self._by_position.setdefault(_position(quotation), quotation)
        speaker = quotation.speakers[0]
        if speaker.kind == UNKNOWN:
            return
        plural = len(quotation.speakers) > 1 or speaker.kind == GROUP
        cluster = self.context.cluster(speaker.name_key, speaker.label)
        self.resolver.earlier.add(
            EarlierSpeaker(
                position=_position(quotation),
                end=max(quotation.end, quotation.cue[1] if quotation.cue else 0, speaker.end or 0),
                cluster=None if plural else cluster,
                name=speaker.name,
                kind=INNER if quotation.parent is not None else speaker.kind,
                head=_AFTER_HEAD.split(speaker.name)[0].split()[-1].lower() if speaker.name.split() else "",
                plural=plural,
                mentions=quotation.speakers,
            )
        )
