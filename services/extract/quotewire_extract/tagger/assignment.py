"""Assign each piece of the text to the cue whose content it is: the best path through each paragraph (Viterbi)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from quotewire_extract.tagger.evidence import CueScores
from quotewire_extract.tagger.network import Floats
from quotewire_extract.tagger.pieces import Ints, Pieces
from quotewire_extract.tagger.thresholds import Decoding

NO_OWNER = -1

MAX_BLOCK = 1024
"""Pieces of a paragraph that are decided together. Longer paragraphs, which newspapers do not have, are split: memory
stays bounded."""

Bools = npt.NDArray[np.bool_]


def assign_to_cues(
    pieces: Pieces, wordy: Bools, cues: Sequence[tuple[int, int]], scores: Sequence[CueScores], decoding: Decoding
) -> Ints:
    """Return the owner of every piece: the position of a cue in ``cues``, or NO_OWNER.

    Inside a paragraph a change of owner has a cost, between paragraphs it has none: each paragraph is decided by
    itself, among the cues that can win a piece of it.

    Args:
        pieces: the text.
        wordy: [n] whether a piece is (part of) a word.
        cues: pieces ``[first, end)`` of each cue, ascending.
        scores: the scores of each cue.
        decoding: the thresholds.
    """
    owner = np.full(len(pieces), NO_OWNER)
    low = 0
    for begin, end in _blocks(pieces):
        while low < len(cues) and scores[low].end <= begin:
            low += 1
        rivals: list[int] = []
        for cue in range(low, len(cues)):
            if scores[cue].begin >= end:
                break
            part = _part(scores[cue], begin, end)
            if part.max() + decoding.bias > 0:  # else NO_OWNER wins every piece
                rivals.append(cue)
        if rivals:
            owner[begin:end] = _decide(pieces, wordy, begin, end, rivals, cues, scores, decoding)
    return owner


def _blocks(pieces: Pieces) -> Iterator[tuple[int, int]]:
    """Yield the pieces ``[begin, end)`` of each paragraph; long ones in parts that begin with a word."""
    changes = np.flatnonzero(pieces.paragraph[1:] != pieces.paragraph[:-1]) + 1
    bounds = [0, *changes.tolist(), len(pieces)]
    for begin, end in pairwise(bounds):
        while end - begin > MAX_BLOCK:
            stop = begin + MAX_BLOCK
            first_of_word = int(np.searchsorted(pieces.word[begin:stop], pieces.word[stop])) + begin
            stop = first_of_word if first_of_word > begin else stop  # a single word of 1,024 pieces is split
            yield begin, stop
            begin = stop
        yield begin, end


def _part(scores: CueScores, begin: int, end: int) -> Floats:
    return scores.content[max(begin - scores.begin, 0) : end - scores.begin]


def _decide(
    pieces: Pieces,
    wordy: Bools,
    begin: int,
    end: int,
    rivals: Sequence[int],
    cues: Sequence[tuple[int, int]],
    scores: Sequence[CueScores],
    decoding: Decoding,
) -> Ints:
    """Return the owners of one block's pieces, by Viterbi over its words; one state per rival and one for NO_OWNER."""
    evidence = np.full((len(rivals), end - begin), -decoding.clip, np.float32)
    for row, cue in enumerate(rivals):
        at = max(scores[cue].begin, begin) - begin
        part = _part(scores[cue], begin, end)
        evidence[row, at : at + len(part)] = np.clip(part, -decoding.clip, decoding.clip)
    evidence += np.float32(decoding.bias)
    is_word = wordy[begin:end]
    for span in _marked_inside(pieces, begin, end):
        words = is_word[span]
        if len(words) > 1 and words.any():
            inside = evidence[:, span]
            mean = inside[:, words].mean(1, keepdims=True)
            inside *= np.float32(1 - decoding.marked)
            inside += np.float32(decoding.marked) * mean

    word = pieces.word[begin:end]
    first = np.flatnonzero(np.append(True, word[1:] != word[:-1]))
    size = np.diff(np.append(first, end - begin))
    number = np.repeat(np.arange(len(first)), size)
    by_word = (np.add.reduceat(evidence, first, axis=1) / size).astype(np.float32)
    by_word[:, ~is_word[first]] *= np.float32(decoding.sign)
    for row, cue in enumerate(rivals):
        a, b = max(cues[cue][0], begin) - begin, min(cues[cue][1], end) - begin
        if a < b:
            by_word[row, number[a:b]] = 0  # a cue is not part of its own content, and does not end it
    path = best_path(by_word, decoding.switch)
    names = np.array([NO_OWNER, *rivals])
    owners: Ints = names[path[number]]
    return owners


def _marked_inside(pieces: Pieces, begin: int, end: int) -> Iterator[slice]:
    """Yield the marked spans of a block as slices of its pieces, in order."""
    low, high = int(pieces.offsets[begin, 0]), int(pieces.offsets[end - 1, 1])
    for span in pieces.marked_between(low, high):
        a, b = pieces.span(span.start, span.end)
        yield slice(max(a, begin) - begin, min(b, end) - begin)


def best_path(evidence: Floats, switch: float) -> Ints:
    """Return the states [w] of the best path through ``evidence`` [r, w]: 1 + r is row r, 0 is NO_OWNER (log-odds 0).

    Plain Python on purpose: a paragraph has two or three rivals, for which numpy's call overhead exceeds the work.
    """
    columns = evidence.T.tolist()
    states = range(1, evidence.shape[0] + 1)
    value = [0.0, *columns[0]]
    back: list[list[int]] = []
    for column in columns[1:]:
        best = max(value)
        leader, entry = value.index(best), best - switch
        step = [0] * len(value)
        if value[0] < entry:
            value[0], step[0] = entry, leader
        for state in states:
            here = value[state]
            if here >= entry:
                step[state] = state
            else:
                here, step[state] = entry, leader
            value[state] = here + column[state - 1]
        back.append(step)
    state = value.index(max(value))
    path = [state]
    for step in reversed(back):
        state = step[state]
        path.append(state)
    path.reverse()
    return np.array(path, np.int64)
