"""Resolve singular pronouns and descriptions to a person: candidates ranked by their salience.

A small ranker with weights set by hand. Its features are established in linguistics and in news: gender and number must
agree; the subject of the sentence before is likelier than its objects; the last speaker is likely to continue; a name
inside a quotation or after a preposition is spoken about, not speaking. The weights were set on the seen half of our
own articles (benchmarks/quality/who_said_it); docs/quotations.md has the results on the unseen half.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.attribution.earlier_speakers import EarlierSpeaker, EarlierSpeakers
from quotewire_extract.attribution.roles import role_words, words_before_name
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.places import places
from quotewire_names import Gender, guess_gender

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.attribution.mentions import ParsedMention
    from quotewire_extract.entities.clusters import EntityCluster

SUBJECT, NEUTRAL, OBJECT, POSSESSOR, QUOTED = 1.0, 0.75, 0.4, 0.5, 0.12
"""Weight of a mention by its role in the sentence."""
SENTENCE_DECAY = 0.72
"""Factor on a mention's weight for each sentence that it is farther back."""
MAX_DISTANCE = 20
"""Sentences back from which on mentions cannot win any more: 0.72 to the power of 20 is 0.001."""
MAX_PEOPLE = 100
"""Persons that are all compared. Of more, only those compete who are named within ``MAX_DISTANCE`` sentences, who spoke
last, or who are named first."""
MAX_LEAD = 400
"""Code points from the start of a sentence to its subject; a title and an apposition before it take 150 at most."""
LAST_SPEAKER, SPEAKER_BEFORE = 0.9, 0.35
"""Bonus of the last speaker, and of the one or two before."""
UNKNOWN_GENDER = 0.25
"""Malus of a candidate when nothing shows that its gender agrees with the pronoun."""
WRONG_GUESS = 0.5
"""Further malus when its name looks like the other gender's."""


@dataclass(slots=True)
class Resolver:
    """Resolves pronouns and descriptions of one article, in the order of the text."""

    context: ArticleContext
    earlier: EarlierSpeakers = field(default_factory=EarlierSpeakers)
    _weights: dict[int, float] = field(default_factory=dict)
    _own_roles: dict[int, set[str]] = field(default_factory=dict)

    def resolve_pronoun(self, position: int, gender: Gender | None) -> EntityCluster | None:
        """Return the person that he, she or a singular description at this position refers to."""
        scores: list[tuple[float, int, EntityCluster]] = []
        for person in self._candidates(position):
            known = self.context.genders[person.number]
            if gender is not None and known not in (None, gender):
                continue
            score = self._salience(person, position)
            if score is None:
                continue
            if gender is not None and known is None:
                guessed = guess_gender(person.name)
                score -= UNKNOWN_GENDER + (0.0 if guessed is gender else WRONG_GUESS if guessed else 0.1)
            scores.append((score, -person.number, person))
        return max(scores, key=lambda entry: entry[:2])[2] if scores else self._next_person(position, gender)

    def _candidates(self, position: int) -> Sequence[EntityCluster]:
        """Return the persons to whom the words at a position can refer, in order of first appearance."""
        people = self.context.people()
        if len(people) <= MAX_PEOPLE:
            return people
        context = self.context
        begin, _ = context.sentence_span(context.sentence(position) - MAX_DISTANCE)
        near = [n.cluster for n in context.mentions_between(begin, position) if n.cluster.is_person]
        spoke = [s.cluster for s in self.earlier.last_three(position) if s.cluster is not None and s.cluster.is_person]
        found = {person.number: person for person in (*people[: MAX_PEOPLE // 2], *near, *spoke)}
        return [found[number] for number in sorted(found)]

    def _next_person(self, position: int, gender: Gender | None) -> EntityCluster | None:
        """Return the first person after the pronoun whose gender agrees: "When he arrived, Lind said"."""
        for named in self.context.mentions_between(position, min(len(self.context.text), position + 600)):
            if named.cluster.is_person and self.context.genders[named.cluster.number] in (None, gender):
                return named.cluster
        return None

    def _salience(self, person: EntityCluster, position: int) -> float | None:
        context = self.context
        here = context.sentence(position)
        best: float | None = None
        before = bisect_left(person.mentions, position, key=lambda mention: mention.start)
        for number in range(before - 1, -1, -1):
            mention = person.mentions[number]
            distance = max(0, here - context.sentence(mention.start))
            if best is not None and distance > MAX_DISTANCE:
                break
            weight = self.role_weight(mention.start, mention.end)
            value = weight * SENTENCE_DECAY**distance * (0.9 if distance == 0 and weight < SUBJECT else 1.0)
            if context.section(mention.start) != context.section(position):
                value *= 0.3
            best = value if best is None else max(best, value)
        bonus = self._speaker_bonus(person, position)
        if best is None and bonus == 0:
            return None
        return (best or 0.0) + bonus + 0.02 * min(len(person.mentions), 10)

    def _speaker_bonus(self, person: EntityCluster, position: int) -> float:
        """Return the bonus of a person who is one of the last three speakers, less by distance in paragraphs."""
        for number, speaker in enumerate(self.earlier.last_three(position)):
            if speaker.cluster is person:
                distance = max(0, self.context.paragraph(position) - self.context.paragraph(speaker.end))
                bonus = SPEAKER_BEFORE if number else LAST_SPEAKER
                return bonus * 0.75 ** max(0, distance - 1) * (0.9 if distance else 1.0)
        return 0.0

    def role_weight(self, start: int, end: int) -> float:
        """Return the weight of a name by its role in the sentence: subject, object, possessor, quoted."""
        if start not in self._weights:
            self._weights[start] = self._role_weight(start, end)
        return self._weights[start]

    def _role_weight(self, start: int, end: int) -> float:
        context, text = self.context, self.context.text
        if context.is_marked(start):
            return QUOTED
        if re.match(r"['’]s?\b", text[end : end + 2]):
            return POSSESSOR
        title = words_before_name(text, start)
        head = text[max(0, start - 80) : start]
        left = head[: head.rfind(title)] if title and title in head else head
        sentence = context.sentence_span(context.sentence(start))[0]
        lead = text[max(sentence, start - MAX_LEAD) : start]
        lead = lead[: lead.rfind(title)] if title and title in lead else lead
        opens = start - sentence <= MAX_LEAD
        previous = re.search(r"([\w’'-]+)\W*$", left)
        word = previous.group(1).lower() if previous else ""
        if opens and (not lead.strip(" \n\t“”\"'‘’") or re.fullmatch(r"\W*[^,“”\"]{1,60},\s*(?:the\s)?", lead)):
            return SUBJECT
        if word in words("en/prepositions.txt") or word in words("en/verbs_with_recipient.txt"):
            return OBJECT
        return NEUTRAL

    def resolve_description(self, mention: ParsedMention) -> EntityCluster | None:
        """Return the person to whom a definite description refers, by the roles that the article gives them."""
        wanted = role_words(mention.name)
        head = next(iter(role_words(mention.head)), mention.head)
        best: tuple[float, float, EntityCluster] | None = None
        for person in self._candidates(mention.start):
            known = self.context.genders[person.number]
            if mention.gender is not None and known not in (None, mention.gender):
                continue
            roles = self.context.roles[person.number]
            score = (2.0 if head in roles else 0.0) + sum(1.0 for word in wanted - {head} if word in roles)
            if wanted & self._roles_in_name(person):
                continue
            shared = (wanted & roles) - {head}
            generic = mention.head in words("en/anaphors.txt", "generic") and any(word in _STATES for word in shared)
            if head not in roles and not generic:
                continue
            salience = self._salience(person, mention.start)
            rank = (score, salience if salience is not None else -1.0, person)
            if best is None or rank[:2] > best[:2]:
                best = rank
        return best[2] if best else None

    def unnamed_antecedent(self, mention: ParsedMention) -> EarlierSpeaker | None:
        """Return the unnamed speaker to whom a description refers: "a spokesman said … the spokesman said"."""
        return self.earlier.last_unnamed(mention.start, mention.head, plural=mention.plural)

    def _roles_in_name(self, person: EntityCluster) -> set[str]:
        if person.number not in self._own_roles:
            self._own_roles[person.number] = role_words(person.name)
        return self._own_roles[person.number]

    def two_most_salient(self, position: int) -> list[EntityCluster]:
        """Return the two most salient persons, to whom both, the pair or the two men refer."""
        ranked: list[tuple[float, EntityCluster]] = []
        for person in self._candidates(position):
            score = self._salience(person, position)
            if score is not None:
                ranked.append((score, person))
        ranked.sort(key=lambda entry: (-entry[0], entry[1].number))
        return sorted((person for _, person in ranked[:2]), key=lambda person: person.number)

    def last_speaker(self, position: int, *, plural: bool | None = None) -> EarlierSpeaker | None:
        """Return the last speaker before the position; ``plural``: only several (True) or only one (False)."""
        return self.earlier.last(position, plural=plural)


_STATES = frozenset(state.lower() for state in places().state_of.values())
