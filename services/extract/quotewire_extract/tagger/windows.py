"""Cut the pieces of a text into windows for the encoder, and pad windows into batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from quotewire_extract.tagger.pieces import Ints, Pieces

# The vocabulary is BERT's, lower case: these two are its [CLS] and [SEP].
CLS, SEP = 101, 102

Window: TypeAlias = tuple[int, int]
"""Pieces ``[begin, end)`` that the encoder sees at once."""

_FAR = 1 << 30  # farther from a window's edge than any piece


def paragraph_windows(pieces: Pieces, size: int, stride: int | None = None, first: int | None = None) -> list[Window]:
    """Cut the pieces into windows of at most ``size`` that begin with a paragraph wherever possible.

    Args:
        pieces: the text.
        size: largest number of pieces in a window.
        stride: None for windows without overlap. Otherwise the next window begins about ``stride`` pieces later, and a
            window may end inside a paragraph.
        first: size of the first window where there is no overlap, so that training cuts elsewhere in every epoch.
    """
    n = len(pieces)
    changes = np.flatnonzero(pieces.paragraph[1:] != pieces.paragraph[:-1]) + 1
    starts = np.concatenate([changes, [n]])

    def last_start(after: int, until: int) -> int:
        """The last start of a paragraph in ``(after, until]``, else ``until`` itself."""
        k = int(np.searchsorted(starts, until, side="right")) - 1
        return int(starts[k]) if k >= 0 and starts[k] > after else until

    found: list[Window] = []
    begin = 0
    while begin < n:
        limit = min(n, begin + (first if first and not found else size))
        end = limit if stride and limit < n else last_start(begin, limit)
        found.append((begin, end))
        if end >= n:
            break
        begin = last_start(begin, begin + stride) if stride else end
    return found


def even_windows(pieces: Pieces, size: int) -> list[Window]:
    """Cut the pieces into as few windows of at most ``size`` as possible, of about the same length.

    So no window is a short remainder with little context. Windows end with a paragraph; one that has to cut a paragraph
    shares a third of its pieces with the next one, so that every cue sees a sixth of ``size`` around it.
    """
    n = len(pieces)
    ends = np.append(np.flatnonzero(pieces.paragraph[1:] != pieces.paragraph[:-1]) + 1, n)
    found: list[Window] = []
    begin = covered = 0
    while covered < n:
        rest = n - begin
        wanted = begin + -(-rest // -(-rest // size))
        fitting = ends[np.searchsorted(ends, covered, side="right") : np.searchsorted(ends, begin + size, side="right")]
        cuts_paragraph = not len(fitting)
        end = begin + size if cuts_paragraph else int(fitting[np.abs(fitting - wanted).argmin()])
        found.append((begin, end))
        covered = end
        begin = end - size // 3 if cuts_paragraph else end
    return found


def assign_to_windows(windows: Sequence[Window], n: int) -> list[Ints]:
    """Assign n pieces to overlapping windows: each to the one in which it is farthest from an edge.

    The start and the end of the text are no edges. Returns the pieces of each window, ascending.
    """
    best, edge = np.full(n, -1), np.full(n, -1)
    for number, (begin, end) in enumerate(windows):
        inside = np.arange(begin, end)
        before = np.full(end - begin, _FAR) if begin == 0 else inside - begin
        after = np.full(end - begin, _FAR) if end == n else end - 1 - inside
        distance = np.minimum(before, after)
        better = inside[distance > edge[begin:end]]
        best[better], edge[better] = number, distance[better - begin]
    return [np.flatnonzero(best[begin:end] == number) + begin for number, (begin, end) in enumerate(windows)]


@dataclass(frozen=True, slots=True)
class Batch:
    """The encoder's input: windows between [CLS] and [SEP], padded to the longest.

    Args:
        ids: [b, t].
        features: [b, t, 3].
        paragraph: [b, t].
        mask: [b, t], 1 where there is a piece.
    """

    ids: Ints
    features: Ints
    paragraph: Ints
    mask: Ints


def pack(chosen: Sequence[tuple[Pieces, Window]], multiple: int = 1) -> Batch:
    """Pad windows into a batch; its length is a multiple of ``multiple`` (few different shapes train faster)."""
    longest = max(end - begin for _, (begin, end) in chosen) + 2
    width = -(-longest // multiple) * multiple
    shape = (len(chosen), width)
    ids, paragraph, mask = np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    features = np.zeros((*shape, 3), np.int64)
    for row, (pieces, (begin, end)) in enumerate(chosen):
        n = end - begin
        ids[row, 0], ids[row, 1 : n + 1], ids[row, n + 1] = CLS, pieces.ids[begin:end], SEP
        features[row, 1 : n + 1] = pieces.features[begin:end]
        paragraph[row, 1 : n + 1] = pieces.paragraph[begin:end]
        mask[row, : n + 2] = 1
    return Batch(ids, features, paragraph, mask)


def distance_bucket(distance: npt.ArrayLike) -> Ints:
    """Return the signed logarithmic bucket, 0 to 16, of a distance in pieces.

    8 is none, each bucket doubles the distance, the outer ones hold 128 and more.
    """
    d = np.asarray(distance, np.int64)
    step = np.minimum(np.ceil(np.log2(np.abs(d) + 1)), 8).astype(np.int64)
    bucket: Ints = np.where(d < 0, 8 - step, 8 + step)
    return bucket


def paragraph_bucket(distance: npt.ArrayLike) -> Ints:
    """Return the bucket, 0 to 4, of a distance in paragraphs: two or more before, one before, same, one after, more."""
    bucket: Ints = np.clip(np.asarray(distance, np.int64), -2, 2) + 2
    return bucket
