"""Whom a pronoun or a description means: candidates of the article, ranked by what stands between.

A small hand-set ranker. Its features are those that linguistics and the news agree on: gender and number must fit; the
subject of the sentence before is likelier than its objects; who spoke last goes on speaking; a name inside a quotation
or after a preposition is spoken of, not speaking. The weights were set on the seen half of our own
articles (benchmarks/quality/who_said_it); docs/quotations.md tells what they reach on the unseen half.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.attribution.context import role_words
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.places import places
from quotewire_names import Gender, guess_gender

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.attribution.mentions import Voice
    from quotewire_extract.entities.clusters import EntityCluster

SUBJECT, NEUTRAL, OBJECT, POSSESSOR, QUOTED = 1.0, 0.75, 0.4, 0.5, 0.12
"""Weight of a mention by its place in the sentence."""
SENTENCE_DECAY = 0.72
"""What a mention keeps for each sentence that it lies further back."""
FORGOTTEN = 20
"""Sentences back from which on older mentions cannot win any more: 0.72 to the power of 20 is 0.001."""
SPOKE_LAST, SPOKE_BEFORE = 0.9, 0.35
"""What the last speaker, and the one before, have in advance."""
UNKNOWN_GENDER = 0.25
"""What a figure loses when nothing shows that the pronoun fits."""
WRONG_GUESS = 0.5
"""What it loses more when its name looks like the other gender's."""


@dataclass(slots=True)
class Said:
    """A quotation whose speaker is settled: where its mention (else its words) stand, and who it was."""

    position: int
    end: int
    figure: EntityCluster | None
    name: str
    kind: str
    head: str = ""
    plural: bool = False


@dataclass(slots=True)
class Resolution:
    """Who was found and how clear it was: the lead over the next best candidate, from 0."""

    figure: EntityCluster
    lead: float


@dataclass(slots=True)
class Resolver:
    """Settles pronouns and descriptions of one article, in the order of the text."""

    scene: ArticleContext
    said: list[Said] = field(default_factory=list)

    def person(self, position: int, gender: Gender | None, exclude: frozenset[int] = frozenset()) -> Resolution | None:
        """The person that he, she or a singular description at this position means."""
        scores: list[tuple[float, int, EntityCluster]] = []
        for figure in self.scene.people():
            known = self.scene.genders[figure.number]
            if figure.number in exclude or (gender is not None and known not in (None, gender)):
                continue
            score = self._salience(figure, position)
            if score is None:
                continue
            if gender is not None and known is None:
                guessed = guess_gender(figure.name)
                score -= UNKNOWN_GENDER + (0.0 if guessed is gender else WRONG_GUESS if guessed else 0.1)
            scores.append((score, -figure.number, figure))
        if not scores:
            return self._later(position, gender)
        scores.sort(key=lambda entry: entry[:2], reverse=True)
        lead = scores[0][0] - scores[1][0] if len(scores) > 1 else 1.0
        return Resolution(scores[0][2], lead)

    def _later(self, position: int, gender: Gender | None) -> Resolution | None:
        """The first fitting person after the pronoun: "When he arrived, Lind said"."""
        for named in self.scene.between(position, min(len(self.scene.text), position + 600)):
            if named.figure.is_person and self.scene.genders[named.figure.number] in (None, gender):
                return Resolution(named.figure, 0.1)
        return None

    def _salience(self, figure: EntityCluster, position: int) -> float | None:
        scene = self.scene
        here = scene.sentence(position)
        best: float | None = None
        before = bisect_left(figure.mentions, position, key=lambda mention: mention.start)
        for mention in reversed(figure.mentions[:before]):
            distance = max(0, here - scene.sentence(mention.start))
            if best is not None and distance > FORGOTTEN:
                break
            weight = self.place(mention.start, mention.end)
            value = weight * SENTENCE_DECAY**distance * (0.9 if distance == 0 and weight < SUBJECT else 1.0)
            if scene.section(mention.start) != scene.section(position):
                value *= 0.3
            best = value if best is None else max(best, value)
        spoke = self._spoke(figure, position)
        if best is None and spoke == 0:
            return None
        return (best or 0.0) + spoke + 0.02 * min(len(figure.mentions), 10)

    def _spoke(self, figure: EntityCluster, position: int) -> float:
        seen: list[str] = []
        for said in reversed(self.said):
            if said.position >= position or said.kind == "inner" or said.name in seen:
                continue
            seen.append(said.name)
            if said.figure is figure:
                distance = max(0, self.scene.paragraph(position) - self.scene.paragraph(said.end))
                bonus = SPOKE_LAST if len(seen) == 1 else SPOKE_BEFORE
                return bonus * 0.75 ** max(0, distance - 1) * (0.9 if distance else 1.0)
            if len(seen) == 3:
                break
        return 0.0

    def place(self, start: int, end: int) -> float:
        """The weight of a name by its place: subject, object, possessor, quoted."""
        scene, text = self.scene, self.scene.text
        if scene.is_marked(start):
            return QUOTED
        if re.match(r"['’]s?\b", text[end : end + 2]):
            return POSSESSOR
        title = scene.before_name(start)
        head = text[max(0, start - 80) : start]
        left = head[: head.rfind(title)] if title and title in head else head
        sentence = scene.sentence_span(scene.sentence(start))[0]
        lead = text[sentence:start]
        lead = lead[: lead.rfind(title)] if title and title in lead else lead
        previous = re.search(r"([\w’'-]+)\W*$", left)
        word = previous.group(1).lower() if previous else ""
        if not lead.strip(" \n\t“”\"'‘’") or re.fullmatch(r"\W*[^,“”\"]{1,60},\s*(?:the\s)?", lead):
            return SUBJECT
        if word in words("en/prepositions.txt") or word in words("en/verbs_with_recipient.txt"):
            return OBJECT
        return NEUTRAL

    def described(self, voice: Voice, position: int) -> Resolution | None:
        """The named person that a definite description means, by the roles that the article gives them."""
        wanted = role_words(voice.name)
        head = next(iter(role_words(voice.head)), voice.head)
        best: tuple[float, float, EntityCluster] | None = None
        for figure in self.scene.people():
            known = self.scene.genders[figure.number]
            if voice.gender is not None and known not in (None, voice.gender):
                continue
            roles = self.scene.roles[figure.number]
            score = (2.0 if head in roles else 0.0) + sum(1.0 for word in wanted - {head} if word in roles)
            name_words = role_words(figure.name)
            if wanted & name_words:
                continue
            shared = wanted & roles - {head}
            generic = voice.head in words("en/anaphors.txt", "generic") and any(w in _STATES for w in shared)
            if head not in roles and not generic:
                continue
            salience = self._salience(figure, position)
            rank = (score, salience if salience is not None else -1.0, figure)
            if best is None or rank[:2] > best[:2]:
                best = rank
        return Resolution(best[2], 0.3 + 0.2 * best[0]) if best else None

    def anaphor(self, voice: Voice, position: int) -> Said | None:
        """The unnamed speaker whom a definite description takes up: "a spokesman said … the spokesman said"."""
        for said in reversed(self.said):
            if (
                said.position < position
                and said.figure is None
                and said.head == voice.head
                and said.plural == voice.plural
            ):
                return said
        return None

    def pair(self, position: int) -> list[EntityCluster]:
        """The two persons named last: whom both, the pair or the two men mean."""
        ranked: list[tuple[float, EntityCluster]] = []
        for figure in self.scene.people():
            score = self._salience(figure, position)
            if score is not None:
                ranked.append((score, figure))
        ranked.sort(key=lambda entry: (-entry[0], entry[1].number))
        return sorted((figure for _, figure in ranked[:2]), key=lambda figure: figure.number)

    def last(self, position: int, *, plural: bool | None = None) -> Said | None:
        """The last one who spoke before the position, of the wanted number."""
        for said in reversed(self.said):
            if said.position < position and (plural is None or said.plural == plural):
                return said
        return None


_STATES = frozenset(state.lower() for state in places().state_of.values())
