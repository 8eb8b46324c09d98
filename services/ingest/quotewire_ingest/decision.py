"""What becomes of one input."""

from __future__ import annotations

from dataclasses import dataclass

from quotewire_ingest.rejection import RejectionReason
from quotewire_runtime.outcomes import Outcome

STAGE = "ingest"
"""Label of the metrics and part of every log line of this service."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of one input."""

    outcome: Outcome
    article_id: str | None = None
    revision: int | None = None
    reason: RejectionReason | None = None
    message: str | None = None
