"""Find the turns of transcripts and interviews: lines that open with the label of a speaker.

Two components use it with different styles: the tagger, whose turns replace what the encoder found, only where every
label is in capitals; the component ``speakers``, which only names who speaks, also where labels are names or Q and A.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quotewire_extract.quotation import CharSpan

MIN_TURNS = 3
"""Labelled lines that make a transcript: two can be a caption and a headline ("ISW: …", "WSJ: …")."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a transcript: the label of the speaker, the sign after it, and what they say up to the line's end."""

    label: CharSpan
    colon: CharSpan
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TurnStyle:
    """How turns are recognised.

    Args:
        pattern: matches one turn; its groups are ``label``, ``colon`` and ``words``.
        label_recurs: whether one label must occur twice, as in a conversation.
    """

    pattern: re.Pattern[str]
    label_recurs: bool


_UPPER = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ’'.-]*"

CAPITALS = TurnStyle(
    re.compile(
        rf"^[“\"]?(?P<label>{_UPPER}(?: {_UPPER}){{0,4}})(?P<colon>:) *(?P<words>\S(?:[^\n]*\S)?)", re.MULTILINE
    ),
    label_recurs=False,
)
"""``VRELL: words`` and, in a block quotation, ``"VRELL: words``."""

_UPPER_PART = r"[A-ZÀ-Þ][A-ZÀ-Þ.'’-]*"
_NAME_PART = r"[A-ZÀ-Þ][\w.'’-]+"
_PARENTHESIS = r"(?:\s*\([^)\n]{1,40}\))?"

ANY_LABEL = TurnStyle(
    re.compile(
        rf"^(?P<label>(?:{_UPPER_PART}(?:[ ,]+{_UPPER_PART}){{0,5}}|[QA]|Question|Answer){_PARENTHESIS}(?=\s*[:.])"
        rf"|{_NAME_PART}(?: {_NAME_PART}){{0,3}}{_PARENTHESIS}(?=:))"
        r"\s*(?P<colon>[:.])\s+(?P<words>\S[^\n]*)$",
        re.MULTILINE,
    ),
    label_recurs=True,
)
"""``NAME: words``, ``Name (role): words`` and ``Q: words``."""


def find_turns(text: str, style: TurnStyle) -> list[Turn]:
    """Find the turns of a transcript, in order; empty for ordinary text.

    A transcript has at least ``MIN_TURNS`` labelled lines and two different labels.
    """
    matches = list(style.pattern.finditer(text))
    labels = {match["label"] for match in matches}
    if len(matches) < MIN_TURNS or len(labels) < 2 or (style.label_recurs and len(labels) == len(matches)):
        return []
    return [Turn(match.span("label"), match.span("colon"), *match.span("words")) for match in matches]
