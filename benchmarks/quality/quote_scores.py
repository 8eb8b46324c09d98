"""Score quotations against gold attributions.

What counts as right:

* Only words count (letters and digits in a row): marks, commas and full stops at the edges cost nothing.
* The stretches of one quotation are pooled, as PolNeAR joins the halves of an interrupted one.
* A leading "that" is optional on either side. Overlap is the Jaccard index of the words, J.
* Gold and found quotations are paired one to one inside an article, best overlap first, ties by position.
* The kind (direct, mixed, indirect) is derived from the quotation marks of the text for both sides alike.
  Recall is over gold of a kind, precision over found ones of that kind.
* The speaker is right when found and gold source share a word other than an article, or when both are empty.
  Speaker accuracy is over pairs with J ≥ 0.5 whose gold has a source.
* Joint: J ≥ 0.5 and the right speaker.
* View "core": gold with a cue of speech or with quotation marks. What was found and matches (J ≥ 0.5) other gold
  (beliefs, wishes, intentions) is neither right nor wrong. View "all" counts everything.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scored_marks import marked

from quotewire_training.spans import Attribution, Stretch
from quotewire_training.speech_cues import WORD, is_speech_cue

KINDS = ("direct", "mixed", "indirect")
TOTAL = "total"
VIEWS = ("core", "all")
ENOUGH, NEARLY_ALL = 0.5, 0.8
"""Overlaps from which a content counts as found, and as found well."""

_ARTICLES = frozenset(("the", "a", "an"))


@dataclass(frozen=True, slots=True)
class Item:
    """One attribution as word numbers; `core_words` are the content's without a leading "that"."""

    words: frozenset[int]
    core_words: frozenset[int]
    source: frozenset[int]
    kind: str
    speech: bool
    attribution: Attribution

    def in_view(self, view: str) -> bool:
        """Whether gold of this sort belongs to a view. What a corpus says itself about `core` goes first."""
        if view == "all":
            return True
        if self.attribution.core is not None:
            return self.attribution.core
        return self.speech or self.kind != "indirect"


class WordedText:
    """A text with its words and quotation marks, which turns attributions into items."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: list[Stretch] = [match.span() for match in WORD.finditer(text)]
        self._starts = [start for start, _ in self.words]
        self._ends = [end for _, end in self.words]
        stretches = marked(text)
        self._marked = [any(a <= start and end <= b for a, b in stretches) for start, end in self.words]

    def word(self, number: int) -> str:
        """The word with this number, in lower case."""
        return self.text[slice(*self.words[number])].lower()

    def covered(self, stretches: Iterable[Stretch]) -> frozenset[int]:
        """Numbers of the words that share a code point with any stretch."""
        found: set[int] = set()
        for start, end in stretches:
            found.update(range(bisect_right(self._ends, start), bisect_left(self._starts, end)))
        return frozenset(found)

    def items(self, attributions: Iterable[Attribution]) -> list[Item]:
        """The attributions whose content holds a word."""
        made = (self._item(attribution) for attribution in attributions)
        return [item for item in made if item.words]

    def _item(self, attribution: Attribution) -> Item:
        words = self.covered(attribution.content)
        counted = sorted(words)
        if len(counted) > 1 and self.word(counted[0]) == "that":
            counted = counted[1:]
        inside = sum(self._marked[number] for number in counted)
        kind = "indirect" if not inside else "direct" if inside == len(counted) else "mixed"
        source = self.covered(attribution.source)
        speech = is_speech_cue(attribution.cue, self.text)
        return Item(words, frozenset(counted), source, kind, speech, attribution)


@dataclass(frozen=True, slots=True)
class Pair:
    """A gold item and the found one that belongs to it, by their positions."""

    gold: int
    found: int
    overlap: float
    speaker: bool

    @property
    def joint(self) -> bool:
        """Content found and speaker right."""
        return self.overlap >= ENOUGH and self.speaker


def overlap(one: Item, other: Item) -> float:
    """Jaccard index of the words of two contents."""
    either = len(one.core_words | other.core_words)
    return len(one.core_words & other.core_words) / either if either else 0.0


def same_speaker(worded: WordedText, gold: Item, found: Item) -> bool:
    """Whether the found source names the gold one."""
    if not gold.source:
        return not found.source
    shared = gold.source & found.source
    return gold.source == found.source or any(worded.word(number) not in _ARTICLES for number in shared)


def pairs(worded: WordedText, gold: Sequence[Item], found: Sequence[Item]) -> list[Pair]:
    """Pair the items of one article one to one."""
    candidates = sorted(
        (-overlap(g, f), i, j) for i, g in enumerate(gold) for j, f in enumerate(found) if g.words & f.words
    )
    taken_gold: set[int] = set()
    taken_found: set[int] = set()
    made = []
    for minus, i, j in candidates:
        if i not in taken_gold and j not in taken_found:
            taken_gold.add(i)
            taken_found.add(j)
            made.append(Pair(i, j, -minus, same_speaker(worded, gold[i], found[j])))
    return made


@dataclass(slots=True)
class Rate:
    """Precision, recall and their harmonic mean, from counts."""

    right_found: float = 0
    found: float = 0
    right_gold: float = 0
    gold: float = 0

    @property
    def precision(self) -> float:
        """Share of what was found that is right, 0 to 1."""
        return self.right_found / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold that was found, 0 to 1."""
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
        """Share of right speakers, 0 to 1; 0 where there was none to find."""
        return self.speakers_right / self.speakers if self.speakers else 0.0


class Scores:
    """Adds up article by article; `of[view, kind]` is the score."""

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
        ignored = {pair.found for pair in paired if pair.overlap >= ENOUGH and pair.gold not in inside}
        counted = [j for j in range(len(found)) if j not in ignored]
        by_gold = {pair.gold: pair for pair in paired if pair.gold in inside}
        by_found = {pair.found: pair for pair in by_gold.values()}
        for kind in (TOTAL, *KINDS):
            score = self.of[view, kind]
            of_gold = [i for i in inside if kind in (TOTAL, gold[i].kind)]
            of_found = [j for j in counted if kind in (TOTAL, found[j].kind)]
            tests: tuple[tuple[Rate, Callable[[Pair], bool]], ...] = (
                (score.strict, lambda p: gold[p.gold].core_words == found[p.found].core_words),
                (score.content, lambda p: p.overlap >= ENOUGH),
                (score.content80, lambda p: p.overlap >= NEARLY_ALL),
                (score.joint, lambda p: p.joint),
            )
            for rate, right in tests:
                rate.gold += len(of_gold)
                rate.found += len(of_found)
                rate.right_gold += len([i for i in of_gold if i in by_gold and right(by_gold[i])])
                rate.right_found += len([j for j in of_found if j in by_found and right(by_found[j])])
            for i in of_gold:
                if i in by_gold and by_gold[i].overlap >= ENOUGH and gold[i].source:
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
