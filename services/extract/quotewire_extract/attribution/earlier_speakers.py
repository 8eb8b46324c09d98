"""Who spoke so far in an article: the speakers of its quotations that are already attributed."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from quotewire_extract.attribution.speaker_mentions import GROUP, ORGANISATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.clusters import EntityCluster
    from quotewire_extract.quotation import SpeakerMention

INNER = "inner"
"""Kind of a speaker whose quotation is inside another."""

_position = attrgetter("position")


@dataclass(frozen=True, slots=True)
class EarlierSpeaker:
    """The speaker of a quotation that is already attributed.

    Args:
        position: where the mention of the speaker begins, or the words where there is none.
        end: where the quotation with its attribution ends.
        cluster: the entity, None for unnamed speakers and groups.
        name: the name or description.
        kind: kind of the speaker, or "inner" where the quotation is inside another.
        head: last word of the description, in lower case.
        plural: whether there are several speakers.
        mentions: the speakers themselves.
    """

    position: int
    end: int
    cluster: EntityCluster | None
    name: str
    kind: str
    head: str = ""
    plural: bool = False
    mentions: Sequence[SpeakerMention] = ()


class EarlierSpeakers:
    """The earlier speakers in the order of their positions; all methods look at those before a position."""

    def __init__(self) -> None:
        self._all: list[EarlierSpeaker] = []
        self._plural: list[EarlierSpeaker] = []
        self._single: list[EarlierSpeaker] = []
        self._pairs: list[EarlierSpeaker] = []
        self._groups: list[EarlierSpeaker] = []
        self._organisations: dict[str | None, list[EarlierSpeaker]] = {}
        self._unnamed: dict[tuple[str, bool], list[EarlierSpeaker]] = {}
        self._outer: list[EarlierSpeaker] = []
        self._last_three: list[tuple[EarlierSpeaker, ...]] = []
        """For each of ``_outer`` the last three speakers with different names up to it, the last one first."""

    def add(self, speaker: EarlierSpeaker) -> None:
        """Add the next speaker; positions never decrease."""
        first = speaker.mentions[0] if speaker.mentions else None
        self._all.append(speaker)
        (self._plural if speaker.plural else self._single).append(speaker)
        if len(speaker.mentions) == 2:
            self._pairs.append(speaker)
        if len(speaker.mentions) > 1 or (first is not None and first.kind == GROUP):
            self._groups.append(speaker)
        if first is not None and first.kind == ORGANISATION:
            for label in {None, first.label}:
                self._organisations.setdefault(label, []).append(speaker)
        if speaker.cluster is None:
            self._unnamed.setdefault((speaker.head, speaker.plural), []).append(speaker)
        if speaker.kind != INNER:
            before = self._last_three[-1] if self._last_three else ()
            self._outer.append(speaker)
            self._last_three.append((speaker, *(other for other in before if other.name != speaker.name))[:3])

    def last(self, position: int, *, plural: bool | None = None) -> EarlierSpeaker | None:
        """Return the last speaker; ``plural``: only several (True) or only one (False)."""
        return _last(self._all if plural is None else self._plural if plural else self._single, position)

    def last_three(self, position: int) -> tuple[EarlierSpeaker, ...]:
        """Return the last three speakers with different names, the last one first; inner quotations do not count."""
        before = bisect_left(self._outer, position, key=_position)
        return self._last_three[before - 1] if before else ()

    def last_pair(self, position: int) -> EarlierSpeaker | None:
        """Return the last two who spoke together."""
        return _last(self._pairs, position)

    def last_group(self, position: int) -> EarlierSpeaker | None:
        """Return the last speakers that were several, or a group."""
        return _last(self._groups, position)

    def last_organisation(self, position: int, *, label: str | None = None) -> EarlierSpeaker | None:
        """Return the last speaker that was an organisation, of any entity type or of this one."""
        return _last(self._organisations.get(label, []), position)

    def last_unnamed(self, position: int, head: str, *, plural: bool) -> EarlierSpeaker | None:
        """Return the last speaker without a name whose description has this head."""
        return _last(self._unnamed.get((head, plural), []), position)


def _last(speakers: list[EarlierSpeaker], position: int) -> EarlierSpeaker | None:
    before = bisect_left(speakers, position, key=_position)
    return speakers[before - 1] if before else None
