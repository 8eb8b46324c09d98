"""`quotewire replay`."""

import asyncio
from typing import Annotated

import typer

from quotewire.kafka import kafka_of
from quotewire.options import HomeOption
from quotewire.tables import Format, show
from quotewire.verbs.dead_letters import COLUMNS, ReasonOption, row
from quotewire_runtime.kafka import replay as engine


def replay(
    stage: Annotated[str, typer.Option("--stage", metavar="STAGE", help="extract or store.")],
    most: Annotated[int, typer.Option("--max", min=1, metavar="N", help="At most so many in this run.")],
    home: HomeOption = None,
    reason: ReasonOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be sent, and send nothing.")] = False,
) -> int:
    """Send dead letters back through the stage that gave them up, each once. Newer revisions are never overwritten.

    Mend the cause first: what fails again becomes a new dead letter, and the next run sends that one.

    Example:
        quotewire replay --stage extract --reason timeout --max 500 --dry-run
    """
    why = None if reason is None else str(reason)
    done = asyncio.run(engine.replay(kafka_of(home), stage, most, why, dry_run=dry_run))
    if dry_run and done.sent:
        show([row(lying) for lying in done.sent], COLUMNS, Format.TABLE)
    verb = "would send" if dry_run else "sent"
    more = f"; {done.left} more wait for another run" if done.left else ""
    letters = "1 dead letter" if len(done.sent) == 1 else f"{len(done.sent)} dead letters"
    print(f"{verb} {letters} back to {stage}{more}")
    return 0
