"""The text as the encoder sees it: word pieces with their places, three features each, and windows over them.

Training and reading share this module: the features must be the same on both sides, bit for bit.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from quotewire_extract.tagger.marks import Marked, marked_stretches

Ints: TypeAlias = npt.NDArray[np.int64]

# The vocabulary is BERT's, lower case: these two are its [CLS] and [SEP].
CLS, SEP = 101, 102

UNMARKED, MARKED, MARKED_SINGLE = range(3)
"""Feature 0: outside quotation marks, between double ones, between single ones."""
LOWER, CAPITALISED, UPPER, MIXED, NUMBER, SIGN = range(6)
"""Feature 1: the letter case of the whole word, which the lower-cased vocabulary does not see."""
JOINED, SPACED, NEW_PARAGRAPH = range(3)
"""Feature 2: what stands before the piece."""

_WORD = re.compile(r"\w+(?:[’'.\-&]\w+)*|\S")


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text cut into n word pieces.

    ``ids`` [n] vocabulary numbers; ``offsets`` [n, 2] code points of the text; ``features`` [n, 3] quotation marks,
    letter case, space before; ``paragraph`` [n] and ``word`` [n] count from 0, empty lines not counted; ``marked`` the
    stretches in quotation marks.
    """

    text: str
    ids: Ints
    offsets: Ints
    features: Ints
    paragraph: Ints
    word: Ints
    marked: Sequence[Marked]

    def __len__(self) -> int:
        return len(self.ids)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Pieces ``[begin, end)`` that share a code point with one stretch of the text."""
        begin = int(np.searchsorted(self.offsets[:, 1], start, side="right"))
        return begin, max(begin, int(np.searchsorted(self.offsets[:, 0], end, side="left")))

    def marked_between(self, start: int, end: int) -> Sequence[Marked]:
        """The stretches in quotation marks that begin in ``[start, end)`` of the text."""
        low = bisect_left(self.marked, start, key=_marked_start)
        return self.marked[low : bisect_left(self.marked, end, low, key=_marked_start)]

    def covered(self, stretches: Iterable[tuple[int, int]]) -> Ints:
        """Numbers of the pieces that share a code point with any of the stretches, ascending."""
        inside = np.zeros(len(self), bool)
        for start, end in stretches:
            inside |= (self.offsets[:, 0] < end) & (self.offsets[:, 1] > start)
        return np.flatnonzero(inside)


def _marked_start(stretch: Marked) -> int:
    return stretch.start


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a ``tokenizer.json``; nothing is ever truncated or padded. Raises what ``tokenizers`` raises."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def cut(text: str, tokenizer: Tokenizer) -> Pieces:
    """Cut a text of any length into word pieces with their features."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    ids = np.array(encoding.ids, np.int64)
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    marked = marked_stretches(text)
    starts = offsets[:, 0]
    words = [match.span() for match in _WORD.finditer(text)]
    word = np.searchsorted(np.array([a for a, _ in words], np.int64), starts, side="right") - 1
    breaks = np.array([match.start() for match in re.finditer("\n", text)], np.int64)
    line = np.searchsorted(breaks, starts, side="right")

    features = np.zeros((len(ids), 3), np.int64)
    features[:, 0] = _marks_state(text, marked)[starts]
    if words:
        cases = np.array([letter_case(text[a:b]) for a, b in words], np.int64)
        features[:, 1] = np.where(word >= 0, cases[np.maximum(word, 0)], LOWER)
    if len(ids):
        features[1:, 2] = np.where(line[1:] != line[:-1], NEW_PARAGRAPH, starts[1:] > offsets[:-1, 1])
        features[0, 2] = NEW_PARAGRAPH
    _, paragraph = np.unique(line, return_inverse=True)
    return Pieces(text, ids, offsets, features, paragraph.astype(np.int64), word.astype(np.int64), marked)


@lru_cache(maxsize=65_536)  # words repeat: this many distinct ones fill about 8 MB
def letter_case(word: str) -> int:
    """The letter case of one word (feature 1)."""
    if not word[0].isalnum():
        return SIGN
    letters = [c for c in word if c.isalpha()]
    if word.isdigit() or (word[0].isdigit() and not letters):
        return NUMBER
    upper = [c.isupper() for c in letters]
    if not any(upper):
        return LOWER
    if all(upper) and len(upper) > 1:
        return UPPER
    return CAPITALISED if upper[0] and not any(upper[1:]) else MIXED


def _marks_state(text: str, marked: Sequence[Marked]) -> npt.NDArray[np.int8]:
    """Feature 0 of every code point; a single-marked stretch yields to a double-marked one that began before it."""
    state = np.zeros(len(text) + 1, np.int8)
    for stretch in marked:
        part = state[stretch.start : stretch.end]
        part[part == UNMARKED] = MARKED_SINGLE if stretch.single else MARKED
    return state


Window: TypeAlias = tuple[int, int]
"""Pieces ``[begin, end)`` that the encoder reads at once."""


def windows(pieces: Pieces, size: int, stride: int | None = None, first: int | None = None) -> list[Window]:
    """Cut the pieces into windows of at most ``size``, which begin where a paragraph begins wherever possible.

    With ``stride`` None they do not overlap, and ``first`` shortens the first one, so that training cuts every epoch
    elsewhere. Otherwise the next window begins about ``stride`` pieces on, and the end may cut a paragraph.
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
    """Cut the pieces into as few windows of at most ``size`` as there can be, of about the same length.

    So no window is a short rest that sees little of what it speaks about. They end where a paragraph ends; one that has
    to cut a paragraph shares a third of its pieces with the next, so that every cue sees a sixth of ``size`` around it.
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


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows side by side, each between [CLS] and [SEP] and padded to the longest: the encoder's input.

    ``ids`` [b, t], ``features`` [b, t, 3], ``paragraph`` [b, t], ``mask`` [b, t] (1 where there is a piece).
    """

    ids: Ints
    features: Ints
    paragraph: Ints
    mask: Ints


def pack(chosen: Sequence[tuple[Pieces, Window]], multiple: int = 1) -> Batch:
    """Lay windows side by side; the common length is a multiple of ``multiple`` (few shapes train faster)."""
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
    """Signed logarithmic bucket, 0 to 16, of a distance in pieces: 8 is none, each step doubles it, 256 is the end."""
    d = np.asarray(distance, np.int64)
    step = np.minimum(np.ceil(np.log2(np.abs(d) + 1)), 8).astype(np.int64)
    bucket: Ints = np.where(d < 0, 8 - step, 8 + step)
    return bucket


def paragraph_bucket(distance: npt.ArrayLike) -> Ints:
    """Bucket, 0 to 4, of a distance in paragraphs: two or more before, one before, the same, one after, two or more."""
    bucket: Ints = np.clip(np.asarray(distance, np.int64), -2, 2) + 2
    return bucket
