"""Decode the network's scores to quotations: cues first, then the content and the source of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from quotewire_extract.quotation import CharSpan, Quotation
from quotewire_extract.tagger.assignment import NO_OWNER, Bools, assign_to_cues
from quotewire_extract.tagger.datelines import in_datelines
from quotewire_extract.tagger.evidence import CueScores, Evidence, cue_probability
from quotewire_extract.tagger.pieces import UNMARKED, Ints, Pieces
from quotewire_extract.tagger.thresholds import Decoding

DIRECT, MIXED, INDIRECT = "direct", "mixed", "indirect"

Doubles: TypeAlias = npt.NDArray[np.float64]

_MAY_BEGIN = frozenset("“”„«»\"＂'‘’`([{$€£¥₹#@+%§&<")
_NEVER_LAST = frozenset(" \t\u00a0,;:(–—-")
"""Signs with which content may begin, and signs with which it never ends; it may end with a full stop."""


def decode_quotations(pieces: Pieces, evidence: Evidence, decoding: Decoding) -> list[Quotation]:
    """Decode one text, in the order of the cues. Contents may interleave but never overlap."""
    cues = find_cues(evidence, decoding)
    if not cues:
        return []
    scores = [evidence.cues[first] for first, _ in cues]
    wordy = np.array([pieces.text[start].isalnum() for start in pieces.offsets[:, 0].tolist()])
    owner = assign_to_cues(pieces, wordy, cues, scores, decoding)
    assign_marked_spans(pieces, wordy, owner, decoding)
    dateline = in_datelines(pieces)
    core = 1 / (1 + np.exp(-evidence.roles[:, 9]))
    found = []
    for (first, end), row, owned in zip(cues, scores, _by_owner(owner, len(cues)), strict=True):
        content = drop_strays(pieces, owned[(owned < first) | (owned >= end)], (first, end), decoding)
        words = content[wordy[content]]
        if not len(words):
            continue
        cue_core = float(core[first:end].mean())
        if cue_core < decoding.core and not (pieces.features[words, 0] != UNMARKED).any():
            continue
        found.append(
            Quotation(
                content=_content_spans(pieces, content, (first, end), decoding),
                cue=_char_span(pieces, _whole_words(pieces, first, end)),
                source=_source(pieces, row, None if dateline[first] else dateline, decoding),
                kind=kind_of(pieces, words),
                score=_mean_probability(row, content),
                core=cue_core,
            )
        )
    return found


def find_cues(evidence: Evidence, decoding: Decoding) -> list[tuple[int, int]]:
    """Return the pieces ``[first, end)`` of every cue, ascending."""
    probability = cue_probability(evidence.roles)
    begins = evidence.roles[:, 1] > evidence.roles[:, 2]
    cues: list[tuple[int, int]] = []
    for piece in sorted(evidence.cues):
        if cues and cues[-1][1] == piece and not begins[piece]:
            cues[-1] = (cues[-1][0], piece + 1)
        else:
            cues.append((piece, piece + 1))
    return [(first, end) for first, end in cues if probability[first:end].max() > decoding.peak]


def assign_marked_spans(pieces: Pieces, wordy: Bools, owner: Ints, decoding: Decoding) -> None:
    """Assign marked spans without owner to the owner of the last one, if that is at most one paragraph before.

    Changes ``owner`` in place. Spans in single marks are skipped: they are titles and scare quotes more often than
    speech.
    """
    last: tuple[int, int] | None = None  # owner, paragraph
    for span in pieces.marked:
        begin, end = pieces.span(span.start, span.end)
        if span.single or begin == end:
            continue
        words = np.arange(begin, end)[wordy[begin:end]]
        if not len(words):
            continue
        owned = owner[words]
        owned = owned[owned != NO_OWNER]
        if len(owned) > decoding.adopted * len(words):
            names, counts = np.unique(owned, return_counts=True)
            last = int(names[counts.argmax()]), int(pieces.paragraph[end - 1])
        elif last and _long_enough(pieces, words, decoding) and pieces.paragraph[begin] - last[1] <= 1:
            owner[begin:end] = last[0]
            last = last[0], int(pieces.paragraph[end - 1])


def _long_enough(pieces: Pieces, words: Ints, decoding: Decoding) -> bool:
    return len(np.unique(pieces.word[words])) >= decoding.orphan


def drop_strays(pieces: Pieces, content: Ints, cue: tuple[int, int], decoding: Decoding) -> Ints:
    """Drop single unmarked words that are far from the rest of the content and from the cue.

    A word's evidence can exceed the cost of two changes of owner, but nobody is quoted with one word from elsewhere.
    """
    parts = runs(pieces, content, decoding.gap)
    if len(parts) < 2:
        return content
    kept = []
    for number, part in enumerate(parts):
        others = [*parts[max(0, number - 1) : number], *parts[number + 1 : number + 2], cue]
        distance = min(max(other[0] - part[1], part[0] - other[1]) for other in others)
        single = pieces.word[part[0]] == pieces.word[part[1] - 1]
        marked = (pieces.features[part[0] : part[1], 0] != UNMARKED).any()
        if marked or not single or distance <= decoding.near:
            kept.append(part)
    return np.concatenate([content[slice(*np.searchsorted(content, part))] for part in kept or parts])


def kind_of(pieces: Pieces, words: Ints) -> str:
    """Return direct where all words are in marks, indirect where none is, else mixed; a leading "that" is ignored."""
    start, end = pieces.offsets[words[0]].tolist()
    counted = words[1:] if len(words) > 1 and pieces.text[start:end].lower() == "that" else words
    marked = pieces.features[counted, 0] != UNMARKED
    if marked.all():
        return DIRECT
    return MIXED if marked.any() else INDIRECT


def runs(pieces: Pieces, chosen: Ints, gap: int) -> list[tuple[int, int]]:
    """Return runs ``[begin, end)`` of ascending pieces; gaps of up to ``gap`` pieces inside a paragraph are filled."""
    if not len(chosen):
        return []
    paragraph = pieces.paragraph[chosen]
    breaks = np.flatnonzero((np.diff(chosen) > 1 + gap) | (np.diff(paragraph) != 0))
    begins = chosen[np.append(0, breaks + 1)].tolist()
    ends = (chosen[np.append(breaks, len(chosen) - 1)] + 1).tolist()
    return list(zip(begins, ends, strict=True))


def _whole_words(pieces: Pieces, first: int, end: int) -> tuple[int, int]:
    """Extend the pieces ``[first, end)`` to whole words."""
    word = pieces.word
    return int(np.searchsorted(word, word[first])), int(np.searchsorted(word, word[end - 1], side="right"))


def _content_spans(pieces: Pieces, content: Ints, cue: tuple[int, int], decoding: Decoding) -> list[CharSpan]:
    """Return the spans of the content, without commas and dashes at their edges.

    The cue always separates two spans, however short it is. Spans without a word are dropped.
    """
    text = pieces.text
    found: list[CharSpan] = []
    before, after = content[content < cue[0]], content[content >= cue[1]]
    for run in [*runs(pieces, before, decoding.gap), *runs(pieces, after, decoding.gap)]:
        start, end = _char_span(pieces, run)
        while start < end and not (text[start].isalnum() or text[start] in _MAY_BEGIN):
            start += 1
        while start < end and text[end - 1] in _NEVER_LAST:
            end -= 1
        if any(character.isalnum() for character in text[start:end]):
            found.append((start, end))
    return found


def _by_owner(owner: Ints, cues: int) -> Sequence[Ints]:
    """Return the pieces of each cue, ascending."""
    owned = np.flatnonzero(owner != NO_OWNER)
    order = owned[np.argsort(owner[owned], kind="stable")]
    return np.split(order, np.searchsorted(owner[order], np.arange(1, cues)))


def _source(pieces: Pieces, row: CueScores, excluded: Bools | None, decoding: Decoding) -> CharSpan | None:
    """Return the span that names the speaker: of several, the one with the largest sum of probabilities.

    It consists of whole words. ``excluded`` [n]: pieces that cannot name a speaker.
    """
    probability = _word_means(1 / (1 + np.exp(-row.source.astype(np.float64))), pieces.word[row.begin : row.end])
    if excluded is not None:
        probability[excluded[row.begin : row.end]] = 0
    chosen = np.flatnonzero(probability > decoding.source)
    if not len(chosen):
        if not probability.max() > decoding.source_min:
            return None
        best = int(probability.argmax()) + row.begin
        chosen = np.arange(*_whole_words(pieces, best, best + 1)) - row.begin
    found = runs(pieces, chosen + row.begin, 1)
    weights = [float(probability[begin - row.begin : end - row.begin].sum()) for begin, end in found]
    return _char_span(pieces, found[weights.index(max(weights))])


def _word_means(probability: Doubles, word: Ints) -> Doubles:
    """Return for every piece the mean probability of its word."""
    first = np.flatnonzero(np.append(True, word[1:] != word[:-1]))
    size = np.diff(np.append(first, len(word)))
    mean: Doubles = np.repeat(np.add.reduceat(probability, first) / size, size)
    return mean


def _mean_probability(row: CueScores, content: Ints) -> float:
    """Return the mean probability of the content's pieces; those outside the cue's window count as 0."""
    reached = content[(content >= row.begin) & (content < row.end)] - row.begin
    probability = 1 / (1 + np.exp(-row.content[reached]))
    return round(float(probability.sum()) / len(content), 3)


def _char_span(pieces: Pieces, run: tuple[int, int]) -> CharSpan:
    return int(pieces.offsets[run[0], 0]), int(pieces.offsets[run[1] - 1, 1])
