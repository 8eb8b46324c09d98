"""The parts that the tests stand on: brought by one process for all; a missing one fails a test in one clear line."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quotewire.local.errors import LocalError

FOLDER = Path(__file__).parents[2] / ".parts"
"""What the tests bring besides the environment; `make clean` removes it."""


@contextmanager
def failing_in_one_line() -> Iterator[None]:
    """Turn a LocalError into a failure without a traceback: its text says what to do."""
    told = None
    try:
        yield
    except LocalError as error:
        told = str(error)
    if told is not None:
        pytest.fail(told, pytrace=False)


@contextmanager
def one_at_a_time(what: str) -> Iterator[None]:
    """Keep the other processes of the tests out: the second finds what the first has brought."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{what}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
