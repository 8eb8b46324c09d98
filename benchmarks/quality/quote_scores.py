"""Score quotations against gold attributions.

* Contents are compared by their words and paired as ``quotewire_extract.word_overlap`` says. J is the overlap.
* The kind (direct, mixed, indirect) is derived from the quotation marks of the text, for gold and found ones alike.
  Recall is over gold of a kind, precision over found ones of that kind.
* The speaker is right when found and gold source share a word other than an article, or when both are empty.
  Speaker accuracy is over pairs with J ≥ 0.5 whose gold has a source.
* Joint: J ≥ 0.5 and the right speaker.
* View "core": gold with a cue of speech or with quotation marks. A found quotation that matches (J ≥ 0.5) other gold
  (beliefs, wishes, intentions) is neither right nor wrong. View "all" counts everything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scored_marks import marked

from quotewire_extract.word_overlap import MIN_OVERLAP, ContentWords, Match, WordIndex, match_contents
from quotewire_training.spans import Attribution
from quotewire_training.speech_cues import is_speech_cue

KINDS = ("direct", "mixed", "indirect")
TOTAL = "total"
VIEWS = ("core", "all")
WELL_FOUND = 0.8
"""Overlap from which a content counts as found almost as a whole."""

_ARTICLES = frozenset(("the", "a", "an"))


@dataclass(frozen=True, slots=True)
class Item(ContentWords):
    """One attribution: words of its content and its source, its kind, whether its cue is one of speech."""

    source: frozenset[int]
    kind: str
    speech: bool
    attribution: Attribution

    def in_view(self, view: str) -> bool:
        """Whether this gold item belongs to a view. What the corpus itself says about `core` has precedence."""
        if view == "all":
            return True
        if self.attribution.core is not None:
            return self.attribution.core
        return self.speech or self.kind != "indirect"


class WordedText(WordIndex):
    """A text with its words and quotation marks, which turns attributions into items."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        spans = marked(text)
        self._marked = [any(a <= start and end <= b for a, b in spans) for start, end in self.words]

    def items(self, attributions: Iterable[Attribution]) -> list[Item]:
        """Return the attributions whose content has a word."""
        items = (self._item(attribution) for attribution in attributions)
        return [item for item in items if item.words]

    def _item(self, attribution: Attribution) -> Item:
        content = self.content_words(attribution.content)
        inside = sum(self._marked[number] for number in content.core_words)
        kind = "indirect" if not inside else "direct" if inside == len(content.core_words) else "mixed"
        source = self.covered(attribution.source)
        speech = is_speech_cue(attribution.cue, self.text)
        return Item(content.words, content.core_words, source, kind, speech, attribution)


@dataclass(frozen=True, slots=True)
class Pair(Match):
    """A gold item with the found one that belongs to it, and whether its speaker is right."""

    speaker: bool

    @property
    def joint(self) -> bool:
        """Whether the content is found and the speaker right."""
        return self.overlap >= MIN_OVERLAP and self.speaker


def same_speaker(worded: WordedText, gold: Item, found: Item) -> bool:
    """Whether the found source names the gold one."""
    if not gold.source:
        return not found.source
    shared = gold.source & found.source
    return gold.source == found.source or any(worded.word(number) not in _ARTICLES for number in shared)


def pairs(worded: WordedText, gold: Sequence[Item], found: Sequence[Item]) -> list[Pair]:
    """Pair the items of one article one to one."""
    return [
        Pair(match.gold, match.found, match.overlap, same_speaker(worded, gold[match.gold], found[match.found]))
        for match in match_contents(gold, found)
    ]


@dataclass(slots=True)
class Rate:
    """Precision, recall and their harmonic mean, from counts."""

    right_found: float = 0
    found: float = 0
    right_gold: float = 0
    gold: float = 0

    @property
    def precision(self) -> float:
        """Share of the found ones that are right, 0 to 1."""
        return self.right_found / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold ones that were found, 0 to 1."""
        return self.right_gold / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(slots=True)
class Score:
    """The counts of one kind in one view."""

    strict: Rate = field(default_factory=Rate)
    content: Rate = field(default_factory=Rate)
    content80: Rate = field(default_factory=Rate)
    joint: Rate = field(default_factory=Rate)
    token: Rate = field(default_factory=Rate)
    speakers: int = 0
    speakers_right: int = 0

    @property
    def speaker_accuracy(self) -> float:
        """Share of right speakers, 0 to 1; 0 without gold speakers."""
        return self.speakers_right / self.speakers if self.speakers else 0.0


class Scores:
    """The sums over all articles; `of[view, kind]` is the score."""

    def __init__(self) -> None:
        self.of: Mapping[tuple[str, str], Score] = defaultdict(Score)

    def add(self, worded: WordedText, gold: Sequence[Item], found: Sequence[Item]) -> list[Pair]:
        """Count one article; returns its pairs."""
        paired = pairs(worded, gold, found)
        for view in VIEWS:
            self._add_view(view, gold, found, paired)
        return paired

    def _add_view(self, view: str, gold: Sequence[Item], found: Sequence[Item], paired: Sequence[Pair]) -> None:
        inside = {i for i, item in enumerate(gold) if item.in_view(view)}
        ignored = {pair.found for pair in paired if pair.overlap >= MIN_OVERLAP and pair.gold not in inside}
        counted = [j for j in range(len(found)) if j not in ignored]
        by_gold = {pair.gold: pair for pair in paired if pair.gold in inside}
        by_found = {pair.found: pair for pair in by_gold.values()}
        for kind in (TOTAL, *KINDS):
            score = self.of[view, kind]
            of_gold = [i for i in inside if kind in (TOTAL, gold[i].kind)]
            of_found = [j for j in counted if kind in (TOTAL, found[j].kind)]
            tests: tuple[tuple[Rate, Callable[[Pair], bool]], ...] = (
                (score.strict, lambda p: gold[p.gold].core_words == found[p.found].core_words),
                (score.content, lambda p: p.overlap >= MIN_OVERLAP),
                (score.content80, lambda p: p.overlap >= WELL_FOUND),
                (score.joint, lambda p: p.joint),
            )
            for rate, right in tests:
                rate.gold += len(of_gold)
                rate.found += len(of_found)
                rate.right_gold += len([i for i in of_gold if i in by_gold and right(by_gold[i])])
                rate.right_found += len([j for j in of_found if j in by_found and right(by_found[j])])
            for i in of_gold:
                if i in by_gold and by_gold[i].overlap >= MIN_OVERLAP and gold[i].source:
                    score.speakers += 1
                    score.speakers_right += by_gold[i].speaker
        self._add_tokens(view, gold, found, inside)

    def _add_tokens(self, view: str, gold: Sequence[Item], found: Sequence[Item], inside: set[int]) -> None:
        all_gold = _union(gold[i] for i in inside)
        outside = _union(item for i, item in enumerate(gold) if i not in inside) - all_gold
        all_found = _union(found)
        for kind in (TOTAL, *KINDS):
            rate = self.of[view, kind].token
            of_gold = _union(gold[i] for i in inside if kind in (TOTAL, gold[i].kind))
            of_found = _union(item for item in found if kind in (TOTAL, item.kind)) - outside
            rate.gold += len(of_gold)
            rate.right_gold += len(of_gold & all_found)
            rate.found += len(of_found)
            rate.right_found += len(of_found & all_gold)


def _union(items: Iterable[Item]) -> frozenset[int]:
    return frozenset().union(*(item.words for item in items))
