"""Find datelines, and the times of live-blog entries, at the head of paragraphs: they name no speaker.

In "PORT SELIM, March 4 (North Wire) - Residents said …" the encoder sometimes takes the place for a speaker.
"""

from __future__ import annotations

import re

import numpy as np

from quotewire_extract.tagger.assignment import Bools
from quotewire_extract.tagger.pieces import Pieces

_CAPITALS = r"(?=[A-ZÀ-Þ]{2})[A-ZÀ-Þ][A-ZÀ-Þ.'’\- ]*"
_DATE = r"(?:, [^\n():–—]{1,40}?)?"
_AGENCY = r"(?: ?\([^)\n]{2,40}\))?"
_BEFORE = re.compile(
    rf"^(?:{_CAPITALS}{_DATE}{_AGENCY} ?(?:-{{1,2}}|–|—)|{_CAPITALS}:|\d{{1,2}}[.:]\d{{2}}(?: ?[ap]\.?m\.?)?)(?=\s)",
    re.MULTILINE,
)


def in_datelines(pieces: Pieces) -> Bools:
    """Return which pieces [n] belong to a dateline or an entry's time.

    A turn of a transcript ("WALLACE: …") looks the same: callers check first whether the cue itself is inside.
    """
    inside = np.zeros(len(pieces), bool)
    for match in _BEFORE.finditer(pieces.text):
        begin, end = pieces.span(*match.span())
        inside[begin:end] = True
    return inside
