"""A network that scores by rules of thumb instead of an encoder, so that long texts take no longer than our code."""

from __future__ import annotations

import numpy as np

from quotewire_extract.tagger.metadata import TaggerMetadata
from quotewire_extract.tagger.network import ROLES, WindowScores
from quotewire_extract.tagger.pieces import CAPITALISED, MIXED, UNMARKED, UPPER, Pieces
from quotewire_extract.tagger.windows import Window

_CUES = frozenset({"said", "stay", "asked"})
_SOURCES = frozenset({"he", "she", "they", "it", "mayor", "company"})
_YES, _NO = 4.0, -8.0


class StubNetwork:
    """Cues are some verbs, contents what stands in marks, persons capitalised words, two to a name.

    It stands in for ``Network``: the scores of a window depend on its pieces alone.
    """

    def __init__(self, window: int = 510) -> None:
        far = tuple(-0.6 * abs(bucket - 8) for bucket in range(17))
        self.metadata = TaggerMetadata(
            labels=("PERSON",), window=window, table_width=2, distance_bias=(far, far), paragraph_bias=((0.0,) * 5,) * 2
        )

    def score(self, pieces: Pieces, window: Window) -> WindowScores:
        """Score one window."""
        begin, end = window
        n = end - begin
        words = [pieces.text[a:b].lower() for a, b in pieces.offsets[begin:end].tolist()]
        is_cue = np.array([word in _CUES for word in words], bool)
        case = pieces.features[begin:end, 1]
        is_name = (case == CAPITALISED) | (case == UPPER) | (case == MIXED)
        is_source = is_name | np.array([word in _SOURCES for word in words], bool)
        marked = pieces.features[begin:end, 0] != UNMARKED
        roles = np.zeros((n, ROLES), np.float32)
        roles[:, 1] = np.where(is_cue & ~marked, _YES, _NO)
        roles[:, 2] = _NO
        roles[:, [4, 5, 7, 8]] = -20.0  # nothing but the plain scores decides
        roles[:, 9] = _YES
        roles[:, 10] = 20 + np.where(marked, _YES, -1.0)
        roles[:, 11] = 20 + np.where(is_source & ~marked, _YES, _NO)
        tags = np.zeros((n, 3), np.float32)
        second = np.zeros(n, bool)
        second[1:] = is_name[1:] & is_name[:-1] & (pieces.word[begin + 1 : end] % 2 == 1)
        tags[:, 1], tags[:, 2] = is_name * 2.0 - 1, second * 4.0 - 1
        return WindowScores(tags, roles, np.zeros((n, 8), np.float32))
