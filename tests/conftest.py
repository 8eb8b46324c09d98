"""Fixtures of all tests: one broker and one database server per session, started when first used."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from kit.kafka import kafka, local_kafka, topic_prefix
from kit.postgres import empty_postgres_dsn, local_postgres, migrated_template, postgres_dsn
from kit.session_cleanup import clean_up, start_cleanup

__all__ = [
    "empty_postgres_dsn",
    "kafka",
    "local_kafka",
    "local_postgres",
    "migrated_template",
    "postgres_dsn",
    "session_folder",
    "topic_prefix",
]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    from kit.module_scheduling import ModuleScheduling

    return ModuleScheduling(config, log)


@pytest.fixture(autouse=True)
def structlog_as_it_was() -> Iterator[None]:
    """Reset structlog: a test that runs a service's bootstrap configures the logs of the whole process."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """The folder of the session's Kafka and PostgreSQL; processes that still run when it ends are killed."""
    folder = Path(tempfile.mkdtemp(prefix="quotewire-test-"))
    cleanup = start_cleanup(folder)
    yield folder
    clean_up(cleanup)
