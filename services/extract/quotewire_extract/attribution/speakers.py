"""Speakers in the form in which a document carries them, made from figures, voices and other speakers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from quotewire_extract.attribution.mentions import Sort, Voice
from quotewire_extract.quotation import SpeakerMention
from quotewire_names.name_key import name_key

if TYPE_CHECKING:
    from quotewire_extract.entities.clusters import EntityCluster

FULL, SURNAME, TITLE = "full", "surname", "title"
PERSON, ORGANISATION, GROUP, UNNAMED, UNKNOWN = "person", "organisation", "group", "unnamed", "unknown"


def of_figure(figure: EntityCluster) -> SpeakerMention:
    """A figure of the article as speaker, mentioned nowhere yet. A person with one name only has scope surname."""
    kind = PERSON if figure.is_person else GROUP if figure.label == "NORP" else ORGANISATION
    scope = FULL if not figure.is_person or " " in figure.name else SURNAME
    return SpeakerMention(None, None, "", figure.name, figure.key, scope, kind, figure.label)


def speaker_of(voice: Voice) -> SpeakerMention:
    """A voice that no figure stands for, under the name that its words give."""
    if voice.figure is not None:
        return of_figure(voice.figure)
    if voice.sort is Sort.NAME:
        scope = FULL if " " in voice.name else SURNAME
        return SpeakerMention(None, None, "", voice.name, name_key(voice.name), scope, PERSON, "PERSON")
    if voice.sort is Sort.BODY:
        scope = FULL if any(c.isupper() for c in voice.name) else TITLE
        return SpeakerMention(None, None, "", voice.name, name_key(voice.name), scope, ORGANISATION, None)
    kind = GROUP if voice.plural else UNNAMED
    return SpeakerMention(None, None, "", voice.name, name_key(voice.name), TITLE, kind, None)


def at(speaker: SpeakerMention, start: int, end: int, text: str) -> SpeakerMention:
    """The same speaker, mentioned at ``text[start:end]``."""
    return replace(speaker, start=start, end=end, text=text[start:end])


def nowhere(speaker: SpeakerMention) -> SpeakerMention:
    """The same speaker, without a mention at the quotation."""
    return replace(speaker, start=None, end=None, text="")


def unknown() -> SpeakerMention:
    """Nothing in the article says who."""
    return SpeakerMention(None, None, "", "", "", "", UNKNOWN, None)
