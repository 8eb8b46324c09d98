"""The constants of decoding scores into quotations. Chosen on PolNeAR's dev articles, never on a test set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoding:
    """Thresholds and weights; probabilities (0 to 1) unless stated otherwise. A piece's owner is the cue it belongs to.

    Args:
        cue: a piece above it may be part of a cue.
        peak: one piece of the cue must exceed it.
        source: pieces above it are the source.
        source_min: where no piece is above ``source``, the best one above this is the source.
        core: below it, a content without quotation marks is a wish or an act rather than a report and is dropped.
        clip: the log-odds of a piece are clipped to this, so that no single piece decides alone.
        bias: log-odds added to every piece's evidence for content (recall against precision).
        switch: cost, in log-odds, of a change of owner inside a paragraph.
        marked: weight of a marked span's mean in the evidence of its pieces, so that it has one owner as a whole.
        sign: weight of punctuation, which follows its neighbours.
        orphan: least words of a marked span without owner that continues the quotation before it.
        adopted: share of a marked span's words that must have an owner for the span to be that owner's.
        gap: pieces that may be missing inside content or source (1 bridges a lost comma).
        near: pieces from the cue or the rest of the content within which a single word may be content.
    """

    cue: float = 0.4
    peak: float = 0.6
    source: float = 0.5
    source_min: float = 0.2
    core: float = 0.3
    clip: float = 4.0
    bias: float = 0.7
    switch: float = 1.0
    marked: float = 0.8
    sign: float = 0.3
    orphan: int = 8
    adopted: float = 0.3
    gap: int = 1
    near: int = 2
