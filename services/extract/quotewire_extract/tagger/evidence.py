"""Collect the network's scores of a whole text, window by window; memory grows only with the text."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from quotewire_extract.tagger.metadata import TaggerMetadata
from quotewire_extract.tagger.network import ROLES, Floats, WindowScores
from quotewire_extract.tagger.pieces import Ints, Pieces
from quotewire_extract.tagger.windows import Window, distance_bucket, paragraph_bucket

CONTENT, SOURCE = 0, 1


@dataclass(frozen=True, slots=True)
class CueScores:
    """Log-odds that the pieces from ``begin`` on belong to the content, or to the source, of one cue."""

    begin: int
    content: Floats
    source: Floats

    @property
    def end(self) -> int:
        """The piece after the last scored one."""
        return self.begin + len(self.content)


@dataclass(slots=True)
class Evidence:
    """Scores of the n pieces of a text.

    Args:
        tags: [n] the likeliest entity tag.
        roles: [n, 12] logits.
        cues: the scores of a cue by its first piece, for every piece whose probability of being in a cue exceeds the
            threshold.
    """

    tags: Ints
    roles: Floats
    cues: dict[int, CueScores] = field(default_factory=dict)

    @classmethod
    def empty(cls, n: int) -> Evidence:
        """Evidence of n pieces that are not scored yet."""
        return cls(np.zeros(n, np.int64), np.zeros((n, ROLES), np.float32))

    def add_window(
        self, pieces: Pieces, window: Window, scores: WindowScores, owned: Ints, meta: TaggerMetadata, cue: float
    ) -> None:
        """Store the scores of one window for the pieces assigned to it; ``cue`` is the threshold for ``cues``."""
        begin, end = window
        inside = owned - begin
        self.tags[owned] = scores.tags[inside].argmax(-1)
        self.roles[owned] = scores.roles[inside]
        starts = owned[cue_probability(self.roles[owned]) > cue]
        if not len(starts):
            return
        k = meta.table_width
        positions, paragraphs = np.arange(begin, end), pieces.paragraph[begin:end]
        distance = distance_bucket(positions[None] - starts[:, None])
        paragraph = paragraph_bucket(paragraphs[None] - pieces.paragraph[starts][:, None])
        found: list[Floats] = []
        for table in (CONTENT, SOURCE):
            query = scores.tables[starts - begin, 2 * table * k : (2 * table + 1) * k]
            key = scores.tables[:, (2 * table + 1) * k : (2 * table + 2) * k]
            outside, begins, goes_on = scores.roles[:, 3 * table + 3 : 3 * table + 6].T
            plain = np.logaddexp(begins, goes_on) - outside + scores.roles[:, 10 + table]
            bias = np.asarray(meta.distance_bias[table], np.float32)[distance]
            bias += np.asarray(meta.paragraph_bias[table], np.float32)[paragraph]
            found.append((query @ key.T) * np.float32(k**-0.5) + plain + bias)
        for row, start in enumerate(starts.tolist()):
            self.cues[start] = CueScores(begin, found[CONTENT][row], found[SOURCE][row])


def cue_probability(roles: Floats) -> Floats:
    """Return the probability [n] that a piece belongs to a cue."""
    outside, begins, goes_on = roles[:, :3].T
    odds = np.logaddexp(begins, goes_on) - outside
    probability: Floats = 1 / (1 + np.exp(-odds))
    return probability
