"""Kafka and PostgreSQL for a program that is run by hand, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kit.services import Services
from quotewire.local.kafka import LocalKafka
from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire.local.settings import CommandSettings


@dataclass(frozen=True, slots=True)
class ProgramParts:
    """The running parts, and a maker of services that use them."""

    kafka: LocalKafka
    postgres: LocalPostgres
    services: Services


@contextmanager
def started_parts(folder: Path, topic_prefix: str = "") -> Iterator[ProgramParts]:
    """Start both, create the topics, migrate the database; stop them at the end."""
    with ExitStack() as stack:
        kafka = LocalKafka.below(folder, CommandSettings().local)
        postgres = LocalPostgres(folder / "pg", home=folder, log=folder / "pg.log", programs=find_postgres())
        for part in (kafka, postgres):
            part.prepare()
            part.start()
            stack.callback(part.stop)
        for part in (kafka, postgres):
            part.wait_ready()
        postgres.create_database(postgres.dsn.rpartition("/")[2])
        services = Services(folder, folder, kafka.address, topic_prefix, postgres.dsn)
        for verb in (("topics", "apply"), ("migrate",)):
            subprocess.run(
                [sys.executable, "-m", "quotewire", *verb],
                env={**os.environ, **services.env()},
                check=True,
                stdout=subprocess.DEVNULL,
            )
        yield ProgramParts(kafka, postgres, services)
