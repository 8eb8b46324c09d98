"""What a document knows about its quotations: the form in which the components of the pipeline hand them on.

All offsets are code points of ``doc.text``, end exclusive, so ``doc.text[start:end]`` is the stretch itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Stretch = tuple[int, int]
"""A stretch of the text, ``(start, end)`` in code points, end exclusive."""


@dataclass(slots=True)
class SpeakerMention:
    """One of those who said it, as the text names them and as the article knows them.

    ``start`` and ``end`` are None where nobody is mentioned at the quotation itself. ``name`` is the fullest name that
    the article gives, ``name_key`` its folded form; ``name_scope`` says how much of a name that is (full, surname or
    title); ``kind`` is person, organisation, group, unnamed or unknown; ``label`` the entity type, where there is one;
    ``confidence`` the probability that it is this one who speaks.
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

    The reader fills ``content`` (one stretch, or several where the attribution interrupts it), ``cue`` ("said"),
    ``source`` (the mention of the speaker: "the minister", "she"), ``kind`` (direct, indirect or mixed), ``score``
    (mean probability of the content, 0 to 1) and ``core`` (probability that it reports words rather than a wish, an
    act or a belief). The speaker component fills the rest; ``parent`` is the position, in ``doc._.quotes``, of the
    quotation inside which this one stands.
    """

    content: list[Stretch]
    cue: Stretch | None
    source: Stretch | None
    kind: str
    score: float
    core: float
    speakers: list[SpeakerMention] = field(default_factory=list)
    context: Stretch | None = None
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
