"""Tokenize a text into word pieces with offsets and three features each.

Training and inference share this module: the features must be the same on both sides, bit for bit.
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

from quotewire_extract.quotation_marks import MarkedSpan, marked_spans

Ints: TypeAlias = npt.NDArray[np.int64]

UNMARKED, MARKED, MARKED_SINGLE = range(3)
"""Feature 0: outside quotation marks, between double ones, between single ones."""
LOWER, CAPITALISED, UPPER, MIXED, NUMBER, SIGN = range(6)
"""Feature 1: the letter case of the whole word, which the lower-case vocabulary loses."""
JOINED, SPACED, NEW_PARAGRAPH = range(3)
"""Feature 2: what stands before the piece."""

_WORD = re.compile(r"\w+(?:[’'.\-&]\w+)*|\S")


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text as n word pieces.

    Args:
        ids: [n] vocabulary ids.
        offsets: [n, 2] code points of the text.
        features: [n, 3] quotation marks, letter case, space before.
        paragraph, word: [n] numbers from 0; empty lines do not count.
        marked: the spans in quotation marks.
    """

    text: str
    ids: Ints
    offsets: Ints
    features: Ints
    paragraph: Ints
    word: Ints
    marked: Sequence[MarkedSpan]

    def __len__(self) -> int:
        return len(self.ids)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the pieces ``[begin, end)`` that share a code point with ``text[start:end]``."""
        begin = int(np.searchsorted(self.offsets[:, 1], start, side="right"))
        return begin, max(begin, int(np.searchsorted(self.offsets[:, 0], end, side="left")))

    def marked_between(self, start: int, end: int) -> Sequence[MarkedSpan]:
        """Return the spans in quotation marks that begin in ``[start, end)`` of the text."""
        low = bisect_left(self.marked, start, key=_marked_start)
        return self.marked[low : bisect_left(self.marked, end, low, key=_marked_start)]

    def covered(self, spans: Iterable[tuple[int, int]]) -> Ints:
        """Return the pieces that share a code point with any of the spans, ascending."""
        inside = np.zeros(len(self), bool)
        for start, end in spans:
            inside |= (self.offsets[:, 0] < end) & (self.offsets[:, 1] > start)
        return np.flatnonzero(inside)


def _marked_start(span: MarkedSpan) -> int:
    return span.start


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a ``tokenizer.json`` without truncation and padding. Raises what ``tokenizers`` raises."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def tokenize(text: str, tokenizer: Tokenizer) -> Pieces:
    """Tokenize a text of any length into word pieces with their features."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    ids = np.array(encoding.ids, np.int64)
    offsets = np.array(encoding.offsets, np.int64).reshape(-1, 2)
    marked = marked_spans(text)
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


@lru_cache(maxsize=65_536)  # words recur: this many distinct ones take about 8 MB
def letter_case(word: str) -> int:
    """Return the letter case of one word (feature 1)."""
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


def _marks_state(text: str, marked: Sequence[MarkedSpan]) -> npt.NDArray[np.int8]:
    """Return feature 0 of every code point; where single and double marks overlap, the span that begins first wins."""
    state = np.zeros(len(text) + 1, np.int8)
    for span in marked:
        part = state[span.start : span.end]
        part[part == UNMARKED] = MARKED_SINGLE if span.single else MARKED
    return state
