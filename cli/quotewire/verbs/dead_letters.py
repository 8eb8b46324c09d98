"""`quotewire dead-letters`."""

import asyncio
import sys
from collections import Counter
from typing import Annotated, Any

import typer

from quotewire.dead_letter_rows import COLUMNS, ReasonOption, dead_letter_row
from quotewire.kafka import kafka_settings
from quotewire.options import FormatOption, HomeOption
from quotewire.output import OutputFormat, print_rows
from quotewire.verb_group import VerbCommand, new_app
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka import replay
from quotewire_schemas.dead_letter import Reason

app = new_app()


@app.command(cls=VerbCommand)
def dead_letters(
    home: HomeOption = None,
    stage: Annotated[
        str | None, typer.Option("--stage", metavar="STAGE", help="extract or store [default: both].")
    ] = None,
    reason: ReasonOption = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="At most so many of each stage, newest first.")] = 20,
    output: FormatOption = OutputFormat.TABLE,
) -> None:
    """Show the records that a stage rejected, and why; json has the original bytes (base64), too.

    `quotewire replay` sends them back when the cause is repaired.

    Example:
        quotewire dead-letters --stage extract --reason timeout
    """
    rows = asyncio.run(
        _newest(kafka_settings(home), [stage] if stage else replay.stages_with_dead_letters(), limit, reason)
    )
    if not rows and output is OutputFormat.TABLE:
        print("no dead letters")
        return
    print_rows(rows, COLUMNS, output)
    per_stage = Counter(row["stage"] for row in rows)
    if output is OutputFormat.TABLE and any(count >= limit for count in per_stage.values()):
        print(f"the newest {limit} of a stage; there may be more: --limit N", file=sys.stderr)


async def _newest(kafka: KafkaSettings, stages: list[str], limit: int, reason: Reason | None) -> list[dict[str, Any]]:
    only = None if reason is None else str(reason)
    return [
        dead_letter_row(stored) for stage in stages for stored in await replay.read_newest(kafka, stage, limit, only)
    ]
