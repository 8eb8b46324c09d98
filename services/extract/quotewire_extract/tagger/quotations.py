"""From the network's scores to quotations: cues first, then the content and the source of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from quotewire_extract.quotation import Quotation, Stretch
from quotewire_extract.tagger.datelines import in_datelines
from quotewire_extract.tagger.decoding import Decoding
from quotewire_extract.tagger.evidence import CueScores, Evidence, in_cue
from quotewire_extract.tagger.pieces import UNMARKED, Ints, Pieces
from quotewire_extract.tagger.segments import NOBODY, Bools, own_pieces

DIRECT, MIXED, INDIRECT = "direct", "mixed", "indirect"

Doubles: TypeAlias = npt.NDArray[np.float64]

_MAY_BEGIN = frozenset("“”„«»\"＂'‘’`([{$€£¥₹#@+%§&<")
_AFTER = frozenset(" \t\u00a0,;:(–—-")
"""Signs with which content may begin, and those with which it never ends; with a full stop it may."""


def find_quotations(pieces: Pieces, evidence: Evidence, decoding: Decoding) -> list[Quotation]:
    """Decode one text, in the order of the cues. Content may interleave with another quotation's, never overlap."""
    cues = find_cues(evidence, decoding)
    if not cues:
        return []
    scores = [evidence.cues[first] for first, _ in cues]
    wordy = np.array([pieces.text[start].isalnum() for start in pieces.offsets[:, 0].tolist()])
    owner = own_pieces(pieces, wordy, cues, scores, decoding)
    adopt(pieces, wordy, owner, decoding)
    dateline = in_datelines(pieces)
    core = 1 / (1 + np.exp(-evidence.roles[:, 9]))
    found = []
    for (first, end), row, owned in zip(cues, scores, _by_owner(owner, len(cues)), strict=True):
        content = without_strays(pieces, owned[(owned < first) | (owned >= end)], (first, end), decoding)
        words = content[wordy[content]]
        if not len(words):
            continue
        cue_core = float(core[first:end].mean())
        if cue_core < decoding.core and not (pieces.features[words, 0] != UNMARKED).any():
            continue
        found.append(
            Quotation(
                content=_stretches(pieces, content, (first, end), decoding),
                cue=_stretch(pieces, _whole_words(pieces, first, end)),
                source=_source(pieces, row, None if dateline[first] else dateline, decoding),
                kind=kind_of(pieces, words),
                score=_mean_probability(row, content),
                core=cue_core,
            )
        )
    return found


def find_cues(evidence: Evidence, decoding: Decoding) -> list[tuple[int, int]]:
    """Pieces ``[first, end)`` of every cue, ascending."""
    probability = in_cue(evidence.roles)
    begins = evidence.roles[:, 1] > evidence.roles[:, 2]
    cues: list[tuple[int, int]] = []
    for piece in sorted(evidence.cues):
        if cues and cues[-1][1] == piece and not begins[piece]:
            cues[-1] = (cues[-1][0], piece + 1)
        else:
            cues.append((piece, piece + 1))
    return [(first, end) for first, end in cues if probability[first:end].max() > decoding.peak]


def adopt(pieces: Pieces, wordy: Bools, owner: Ints, decoding: Decoding) -> None:
    """Give marked stretches that nobody owns to the owner of the one before (same paragraph or the one before).

    Changes ``owner`` in place. Single marks are left out: they are titles and scare quotes more often than speech.
    """
    last: tuple[int, int] | None = None  # owner, paragraph
    for stretch in pieces.marked:
        begin, end = pieces.span(stretch.start, stretch.end)
        if stretch.single or begin == end:
            continue
        words = np.arange(begin, end)[wordy[begin:end]]
        if not len(words):
            continue
        owned = owner[words]
        owned = owned[owned != NOBODY]
        if len(owned) > decoding.adopted * len(words):
            last = int(np.bincount(owned).argmax()), int(pieces.paragraph[end - 1])
        elif last and _long_enough(pieces, words, decoding) and pieces.paragraph[begin] - last[1] <= 1:
            owner[begin:end] = last[0]
            last = last[0], int(pieces.paragraph[end - 1])


def _long_enough(pieces: Pieces, words: Ints, decoding: Decoding) -> bool:
    return len(np.unique(pieces.word[words])) >= decoding.orphan


def without_strays(pieces: Pieces, content: Ints, cue: tuple[int, int], decoding: Decoding) -> Ints:
    """Drop single unmarked words that stand far from the rest of the content and from the cue.

    A word's evidence can outweigh the price of two changes of owner; nobody is quoted with one word from elsewhere.
    """
    parts = runs(pieces, content, decoding.gap)
    if len(parts) < 2:
        return content
    kept = []
    for part in parts:
        others = [*(other for other in parts if other != part), cue]
        apart = min(max(other[0] - part[1], part[0] - other[1]) for other in others)
        single = pieces.word[part[0]] == pieces.word[part[1] - 1]
        marked = (pieces.features[part[0] : part[1], 0] != UNMARKED).any()
        if marked or not single or apart <= decoding.near:
            kept.append(part)
    return np.concatenate([content[(content >= begin) & (content < end)] for begin, end in kept or parts])


def kind_of(pieces: Pieces, words: Ints) -> str:
    """Direct where all the words stand in marks, indirect where none does; a leading "that" does not count."""
    start, end = pieces.offsets[words[0]].tolist()
    counted = words[1:] if len(words) > 1 and pieces.text[start:end].lower() == "that" else words
    marked = pieces.features[counted, 0] != UNMARKED
    if marked.all():
        return DIRECT
    return MIXED if marked.any() else INDIRECT


def runs(pieces: Pieces, chosen: Ints, gap: int) -> list[tuple[int, int]]:
    """Runs ``[begin, end)`` of ascending pieces; holes of up to ``gap`` pieces inside a paragraph are filled."""
    if not len(chosen):
        return []
    paragraph = pieces.paragraph[chosen]
    parted = np.flatnonzero((np.diff(chosen) > 1 + gap) | (np.diff(paragraph) != 0))
    begins = chosen[np.append(0, parted + 1)].tolist()
    ends = (chosen[np.append(parted, len(chosen) - 1)] + 1).tolist()
    return list(zip(begins, ends, strict=True))


def _whole_words(pieces: Pieces, first: int, end: int) -> tuple[int, int]:
    """The pieces ``[first, end)`` and the rest of the words that they cut."""
    word = pieces.word
    return int(np.searchsorted(word, word[first])), int(np.searchsorted(word, word[end - 1], side="right"))


def _stretches(pieces: Pieces, content: Ints, cue: tuple[int, int], decoding: Decoding) -> list[Stretch]:
    """The stretches of the content, without the commas and dashes at their edges: those belong to the sentence around.

    The cue parts them, however short it is. What holds no word is left out.
    """
    text = pieces.text
    found: list[Stretch] = []
    before, after = content[content < cue[0]], content[content >= cue[1]]
    for run in [*runs(pieces, before, decoding.gap), *runs(pieces, after, decoding.gap)]:
        start, end = _stretch(pieces, run)
        while start < end and not (text[start].isalnum() or text[start] in _MAY_BEGIN):
            start += 1
        while start < end and text[end - 1] in _AFTER:
            end -= 1
        if any(sign.isalnum() for sign in text[start:end]):
            found.append((start, end))
    return found


def _by_owner(owner: Ints, cues: int) -> Sequence[Ints]:
    """The pieces of each cue, ascending."""
    owned = np.flatnonzero(owner != NOBODY)
    order = owned[np.argsort(owner[owned], kind="stable")]
    return np.split(order, np.searchsorted(owner[order], np.arange(1, cues)))


def _source(pieces: Pieces, row: CueScores, nobody: Bools | None, decoding: Decoding) -> Stretch | None:
    """The stretch that names the speaker: of several, the one with the most probability in all. Words stay whole.

    ``nobody`` [n]: pieces that cannot name one.
    """
    probability = _by_word(1 / (1 + np.exp(-row.source.astype(np.float64))), pieces.word[row.begin : row.end])
    if nobody is not None:
        probability[nobody[row.begin : row.end]] = 0
    chosen = np.flatnonzero(probability > decoding.source)
    if not len(chosen):
        if not probability.max() > decoding.source_min:
            return None
        best = int(probability.argmax()) + row.begin
        chosen = np.arange(*_whole_words(pieces, best, best + 1)) - row.begin
    found = runs(pieces, chosen + row.begin, 1)
    weights = [float(probability[begin - row.begin : end - row.begin].sum()) for begin, end in found]
    return _stretch(pieces, found[weights.index(max(weights))])


def _by_word(probability: Doubles, word: Ints) -> Doubles:
    """The mean probability of each piece's word, for every piece."""
    first = np.flatnonzero(np.append(True, word[1:] != word[:-1]))
    size = np.diff(np.append(first, len(word)))
    mean: Doubles = np.repeat(np.add.reduceat(probability, first) / size, size)
    return mean


def _mean_probability(row: CueScores, content: Ints) -> float:
    """Mean probability of the content's pieces; those that the cue's window did not reach count as 0."""
    reached = content[(content >= row.begin) & (content < row.end)] - row.begin
    probability = 1 / (1 + np.exp(-row.content[reached]))
    return round(float(probability.sum()) / len(content), 3)


def _stretch(pieces: Pieces, run: tuple[int, int]) -> Stretch:
    return int(pieces.offsets[run[0], 0]), int(pieces.offsets[run[1] - 1, 1])
