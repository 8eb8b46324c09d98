"""The thresholds with which scores become quotations. Chosen on PolNeAR's dev articles, never on a test set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decoding:
    """Probabilities (0 to 1) unless something else is said.

    ``cue``: a piece above it may be part of a cue; ``peak``: one piece of the cue must exceed it.
    ``source``: pieces above it make the source; ``source_min``: where there is none, the best one above this does.
    ``core``: below it, a content without quotation marks is a wish or an act rather than a report, and is left out.
    ``clip``: log-odds of a single piece count no further than this, so that no piece decides alone.
    ``bias``: log-odds added to every piece's evidence for content (recall against precision).
    ``switch``: price, in log-odds, of a change of owner inside a paragraph.
    ``marked``: share of a marked stretch's mean in the evidence of its pieces: marks go in or out as a whole.
    ``sign``: weight of punctuation, which follows its neighbours.
    ``orphan``: words from which on a marked stretch that nobody owns goes on with the speaker before it.
    ``adopted``: share of a marked stretch's words that must have one owner for the stretch to be that owner's.
    ``gap``: pieces that may be missing inside content or source (1 bridges a lost comma).
    ``near``: pieces from the cue or the rest of the content within which a single word may be content.
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
