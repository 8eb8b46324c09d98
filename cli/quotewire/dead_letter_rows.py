"""What the verbs `dead-letters` and `replay` share: an option and the rows they print."""

from typing import Annotated, Any

import typer

from quotewire_runtime.kafka.replay import StoredDeadLetter
from quotewire_schemas.dead_letter import Reason

ReasonOption = Annotated[Reason | None, typer.Option("--reason", help="Only those rejected for this reason.")]
COLUMNS = ["failed_at", "stage", "reason", "key", "message", "place"]


def dead_letter_row(stored: StoredDeadLetter) -> dict[str, Any]:
    """A dead letter as a row: its fields, and its topic, partition and offset."""
    return {**stored.letter.model_dump(mode="json"), "failed_at": stored.letter.failed_at, "place": stored.location}
