"""`quotewire replay`."""

import asyncio
from typing import Annotated

import typer

from quotewire.dead_letter_rows import COLUMNS, ReasonOption, dead_letter_row
from quotewire.kafka import kafka_settings
from quotewire.options import HomeOption
from quotewire.output import OutputFormat, print_rows
from quotewire.verb_group import VerbCommand, new_app
from quotewire_runtime.kafka.replay import replay as replay_dead_letters

app = new_app()


@app.command(cls=VerbCommand)
def replay(
    stage: Annotated[str, typer.Option("--stage", metavar="STAGE", help="extract or store.")],
    maximum: Annotated[int, typer.Option("--max", min=1, metavar="N", help="At most so many in this run.")],
    home: HomeOption = None,
    reason: ReasonOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")] = False,
) -> None:
    """Send dead letters back through the stage that rejected them, each once. Newer revisions are never overwritten.

    Repair the cause first: what fails again becomes a new dead letter, and the next run sends that one.

    Example:
        quotewire replay --stage extract --reason timeout --max 500 --dry-run
    """
    only = None if reason is None else str(reason)
    done = asyncio.run(replay_dead_letters(kafka_settings(home), stage, maximum, only, dry_run=dry_run))
    if dry_run and done.sent:
        print_rows([dead_letter_row(stored) for stored in done.sent], COLUMNS, OutputFormat.TABLE)
    action = "would send" if dry_run else "sent"
    letters = "1 dead letter" if len(done.sent) == 1 else f"{len(done.sent)} dead letters"
    left = f"; {done.remaining} more wait for another run" if done.remaining else ""
    print(f"{action} {letters} back to {stage}{left}")
