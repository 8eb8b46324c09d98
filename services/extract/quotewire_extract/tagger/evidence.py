"""What the network says of a whole text, gathered window by window in memory that grows with the text alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from quotewire_extract.tagger.metadata import TaggerMetadata
from quotewire_extract.tagger.network import ROLES, Floats, Scores
from quotewire_extract.tagger.pieces import Ints, Pieces, Window, distance_bucket, paragraph_bucket

CONTENT, SOURCE = 0, 1
_FAR = 1 << 30  # further from a window's edge than any piece


@dataclass(frozen=True, slots=True)
class CueScores:
    """Log-odds that the pieces from ``begin`` on belong to the content, or the source, of the cue that starts here."""

    begin: int
    content: Floats
    source: Floats

    @property
    def end(self) -> int:
        """The piece after the last one that was scored."""
        return self.begin + len(self.content)


@dataclass(slots=True)
class Evidence:
    """Scores of n pieces: ``tags`` [n] the likeliest entity tag, ``roles`` [n, 12] logits, ``cues`` by first piece.

    ``cues`` holds every piece that may start a cue: those whose probability of being in one exceeds the threshold.
    """

    tags: Ints
    roles: Floats
    cues: dict[int, CueScores] = field(default_factory=dict)

    @classmethod
    def empty(cls, n: int) -> Evidence:
        """Evidence of n pieces that nobody has read yet."""
        return cls(np.zeros(n, np.int64), np.zeros((n, ROLES), np.float32))

    def add(
        self, pieces: Pieces, window: Window, scores: Scores, owned: Ints, meta: TaggerMetadata, cue: float
    ) -> None:
        """Take in the scores of one window for the pieces that it owns; ``cue`` is the threshold for ``cues``."""
        begin, end = window
        inside = owned - begin
        self.tags[owned] = scores.tags[inside].argmax(-1)
        self.roles[owned] = scores.roles[inside]
        starts = owned[in_cue(self.roles[owned]) > cue]
        if not len(starts):
            return
        k = meta.table_width
        places, paragraphs = np.arange(begin, end), pieces.paragraph[begin:end]
        distance = distance_bucket(places[None] - starts[:, None])
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


def in_cue(roles: Floats) -> Floats:
    """Probability [n] that a piece belongs to a cue."""
    outside, begins, goes_on = roles[:, :3].T
    odds = np.logaddexp(begins, goes_on) - outside
    probability: Floats = 1 / (1 + np.exp(-odds))
    return probability


def ownership(found: Sequence[Window], n: int) -> list[Ints]:
    """Share n pieces out among overlapping windows: each goes to the one in which it stands furthest from an edge.

    The text's own start and end are no edges. Returns the pieces of each window, ascending.
    """
    best, edge = np.full(n, -1), np.full(n, -1)
    for number, (begin, end) in enumerate(found):
        places = np.arange(begin, end)
        before = np.full(end - begin, _FAR) if begin == 0 else places - begin
        after = np.full(end - begin, _FAR) if end == n else end - 1 - places
        distance = np.minimum(before, after)
        better = places[distance > edge[begin:end]]
        best[better], edge[better] = number, distance[better - begin]
    return [np.flatnonzero(best[begin:end] == number) + begin for number, (begin, end) in enumerate(found)]
