"""Programs that tests need besides the environment: one process downloads them, a missing one fails in one line."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from quotewire.local.errors import LocalError

FOLDER = Path(__file__).parents[2] / ".parts"
"""Where they are kept; `make clean` removes it."""


@contextmanager
def fail_without_traceback() -> Iterator[None]:
    """Turn a LocalError into a failure without a traceback: its message says what to do."""
    message = None
    try:
        yield
    except LocalError as error:
        message = str(error)
    if message is not None:
        pytest.fail(message, pytrace=False)


@contextmanager
def exclusive_lock(what: str) -> Iterator[None]:
    """Lock out the other processes of the tests: the second finds what the first has downloaded."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{what}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
