"""The data classes in which the components of the pipeline pass quotations on (``doc._.quotes``).

All offsets are code points of ``doc.text``, end exclusive, so ``doc.text[start:end]`` is the span itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CharSpan = tuple[int, int]
"""A span of the text, ``(start, end)`` in code points, end exclusive."""


@dataclass(slots=True)
class SpeakerMention:
    """One speaker of a quotation: how the text mentions them at the quotation, and who they are in the article.

    Args:
        start, end: the mention; None where nobody is mentioned at the quotation itself.
        text: the words of the mention, "" without one.
        name: the fullest name that the article gives.
        name_key: the folded form of the name.
        name_scope: how much of a name that is: full, surname or title.
        kind: person, organisation, group, unnamed or unknown.
        label: the entity type, where there is one.
        confidence: the probability that this is the speaker.
    """

    start: int | None
    end: int | None
    text: str
    name: str
    name_key: str
    name_scope: str
    kind: str
    label: str | None
    confidence: float = 0.0


@dataclass(slots=True)
class Quotation:
    """Words that somebody is reported to have said.

    The tagger fills the first six fields, the component ``speakers`` the others.

    Args:
        content: one span, or several where the attribution interrupts the quotation.
        cue: the words of the attribution ("said").
        source: the mention of the speaker ("the minister", "she").
        kind: direct, indirect or mixed.
        score: mean probability of the content, 0 to 1.
        core: probability that it reports words rather than a wish, an act or a belief.
        context: the sentences around content, cue and source.
        parent: position in ``doc._.quotes`` of the quotation that contains this one.
    """

    content: list[CharSpan]
    cue: CharSpan | None
    source: CharSpan | None
    kind: str
    score: float
    core: float
    speakers: list[SpeakerMention] = field(default_factory=list)
    context: CharSpan | None = None
    parent: int | None = None
    confidence: float = 0.0
    flags: set[str] = field(default_factory=set)

    @property
    def start(self) -> int:
        """Where its first words begin."""
        return self.content[0][0]

    @property
    def end(self) -> int:
        """Where its last words end."""
        return self.content[-1][1]
