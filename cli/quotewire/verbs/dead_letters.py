"""`quotewire dead-letters`."""

import asyncio
import sys
from collections import Counter
from typing import Annotated, Any

import typer

from quotewire.kafka import kafka_of
from quotewire.options import FormatOption, HomeOption
from quotewire.tables import Format, show
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka import replay
from quotewire_schemas.dead_letter import Reason

StageOption = Annotated[str | None, typer.Option("--stage", metavar="STAGE", help="extract or store [default: both].")]
ReasonOption = Annotated[Reason | None, typer.Option("--reason", help="Only those given up for this reason.")]
COLUMNS = ["failed_at", "stage", "reason", "key", "message", "place"]


def dead_letters(
    home: HomeOption = None,
    stage: StageOption = None,
    reason: ReasonOption = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many of each stage, newest first.")] = 20,
    output: FormatOption = Format.TABLE,
) -> int:
    """Show the records that a stage gave up, and why; json has the original bytes (base64) too.

    `quotewire replay` sends them back when the cause is mended.

    Example:
        quotewire dead-letters --stage extract --reason timeout
    """
    found = asyncio.run(_newest(kafka_of(home), [stage] if stage else replay.stages(), limit, reason))
    if found or output is not Format.TABLE:
        show(found, COLUMNS, output)
        if output is Format.TABLE and any(count >= limit for count in Counter(one["stage"] for one in found).values()):
            print(f"the newest {limit} of a stage; there may be more: --limit N", file=sys.stderr)
    else:
        print("no dead letters")
    return 0


def row(lying: replay.StoredDeadLetter) -> dict[str, Any]:
    """A dead letter as a row: what the record itself says, and where it lies."""
    return {**lying.letter.model_dump(mode="json"), "failed_at": lying.letter.failed_at, "place": lying.place}


async def _newest(kafka: KafkaSettings, stages: list[str], limit: int, reason: Reason | None) -> list[dict[str, Any]]:
    why = None if reason is None else str(reason)
    return [row(lying) for stage in stages for lying in await replay.newest(kafka, stage, limit, why)]
