"""`quotewire topics apply` and `quotewire topics describe`."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from quotewire.kafka import kafka_settings
from quotewire.options import FormatOption, HomeOption
from quotewire.output import OutputFormat, print_rows
from quotewire.verb_group import VerbCommand, new_group
from quotewire_runtime.kafka import admin

app = new_group("Create and describe the topics of the contract.\n\n\b\nExample:\n    quotewire topics describe")


@app.command(cls=VerbCommand)
def apply(
    home: HomeOption = None,
    replication: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Copies of each record, for topics that are created now [default: 3, or one per broker].",
        ),
    ] = None,
) -> int:
    """Create the topics that are missing and set what differs. Running it again changes nothing.

    The exit code is 1 when a topic has another number of partitions: that is never changed.

    Example:
        QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS=broker:9092 quotewire topics apply --replication 3
    """
    applied = asyncio.run(admin.apply_topics(kafka_settings(home), replication))
    print_rows([asdict(one) for one in applied], ["topic", "action", "detail"], OutputFormat.TABLE)
    return 1 if any(one.action is admin.TopicAction.DIFFERS for one in applied) else 0


@app.command(cls=VerbCommand)
def describe(home: HomeOption = None, output: FormatOption = OutputFormat.TABLE) -> int:
    """Show each topic: partitions, copies, records on it, how long they stay, and what is not as it should be.

    The exit code is 1 when something is not as it should be.

    Example:
        quotewire topics describe --format json | jq '.[] | select(.records > 0) | .topic'
    """
    described = asyncio.run(admin.describe_topics(kafka_settings(home)))
    columns = ["topic", "partitions", "replication", "records", "retention_days", "max_message_bytes", "consumers"]
    problems = any(one.problem for one in described)
    print_rows([asdict(one) for one in described], [*columns, "problem"] if problems else columns, output)
    return 1 if problems else 0
