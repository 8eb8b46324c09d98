"""The contents of the corpora in plain form: a text with its quotations, a text with its entities."""

from __future__ import annotations

from dataclasses import dataclass, field

Stretch = tuple[int, int]
"""Code points `(start, end)` of the text, end exclusive."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """One quotation as a corpus marks it; `core` is None where a rule decides (`speech_cues.is_core`)."""

    content: tuple[Stretch, ...]
    cue: tuple[Stretch, ...] = ()
    source: tuple[Stretch, ...] = ()
    core: bool | None = None


@dataclass(frozen=True, slots=True)
class QuotedText:
    """A text with every attribution that its annotator marked; `discarded` stretches are not trained on."""

    name: str
    text: str
    attributions: tuple[Attribution, ...]
    discarded: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text with its entities `(start, end, type)`; its corpus says nothing about the `unknown` stretches."""

    text: str
    entities: tuple[tuple[int, int, str], ...]
    unknown: tuple[Stretch, ...] = field(default=())
