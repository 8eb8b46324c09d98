"""Make the ``SpeakerMention`` of a quotation from an entity cluster, a parsed mention or another speaker."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quotewire_extract.attribution.mentions import MentionType, ParsedMention
from quotewire_extract.quotation import SpeakerMention
from quotewire_names import name_key

if TYPE_CHECKING:
    from quotewire_extract.entities.clusters import EntityCluster

FULL, SURNAME, TITLE = "full", "surname", "title"
PERSON, ORGANISATION, GROUP, UNNAMED, UNKNOWN = "person", "organisation", "group", "unnamed", "unknown"


def speaker_from_cluster(cluster: EntityCluster) -> SpeakerMention:
    """Make a speaker without location. A person with only one name has scope surname."""
    kind = PERSON if cluster.is_person else GROUP if cluster.label == "NORP" else ORGANISATION
    scope = FULL if not cluster.is_person or " " in cluster.name else SURNAME
    return SpeakerMention(None, None, "", cluster.name, cluster.key, scope, kind, cluster.label)


def speaker_from_mention(mention: ParsedMention) -> SpeakerMention:
    """Make a speaker without location: the named entity, else the description itself."""
    if mention.cluster is not None:
        return speaker_from_cluster(mention.cluster)
    if mention.type is MentionType.NAME:
        scope = FULL if " " in mention.name else SURNAME
        return described_speaker(mention.name, PERSON, scope, "PERSON")
    if mention.type is MentionType.ORGANISATION:
        return described_speaker(mention.name, ORGANISATION, FULL if any(c.isupper() for c in mention.name) else TITLE)
    return described_speaker(mention.name, GROUP if mention.plural else UNNAMED)


def described_speaker(name: str, kind: str, scope: str = TITLE, label: str | None = None) -> SpeakerMention:
    """Make a speaker that no entity cluster stands for, without location."""
    return SpeakerMention(None, None, "", name, name_key(name), scope, kind, label)


def with_location(speaker: SpeakerMention, start: int, end: int, text: str) -> SpeakerMention:
    """Return the same speaker, mentioned at ``text[start:end]``."""
    return replace(speaker, start=start, end=end, text=text[start:end])


def without_location(speaker: SpeakerMention) -> SpeakerMention:
    """Return the same speaker, without a mention at the quotation."""
    return replace(speaker, start=None, end=None, text="")


def unknown_speaker() -> SpeakerMention:
    """Make the speaker of a quotation that the article attributes to nobody."""
    return SpeakerMention(None, None, "", "", "", "", UNKNOWN, None)
