"""Cluster the mentions of one article by entity, each cluster with the fullest name that the article gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.entities.name_groups import fullest_form
from quotewire_extract.entities.organisation_names import group_organisations
from quotewire_extract.entities.person_names import group_persons
from quotewire_names import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.entity_mention import EntityMention


@dataclass(slots=True)
class EntityCluster:
    """All mentions of one entity of an article. ``number`` is the order of first appearance, from 0."""

    number: int
    label: str
    name: str
    key: str
    mentions: list[EntityMention] = field(default_factory=list)

    @property
    def is_person(self) -> bool:
        """Whether it is one human being."""
        return self.label == "PERSON"


@dataclass(frozen=True, slots=True)
class ClusteredMention:
    """An entity mention with its cluster."""

    mention: EntityMention
    cluster: EntityCluster


def cluster_mentions(text: str, mentions: Sequence[EntityMention]) -> list[EntityCluster]:
    """Cluster the mentions of one article, in order of first appearance. Deterministic."""
    groups = group_persons(text, [m for m in mentions if m.label == "PERSON"])
    groups += group_organisations(text, [m for m in mentions if m.label != "PERSON"])
    groups.sort(key=lambda group: group.mentions[0].start)
    clusters: list[EntityCluster] = []
    for number, group in enumerate(groups):
        name = fullest_form(group.forms)
        if group.label == "PERSON" and name.isupper() and len(name) >= 4:
            name = name.title()  # the label of a transcript; shorter ones are initials (JFK)
        clusters.append(EntityCluster(number, group.label, name, name_key(name), sorted(group.mentions)))
    return clusters
