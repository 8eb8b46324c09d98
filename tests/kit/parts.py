"""A part that is missing or does not start fails a test with one clear line."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from quotewire.local.errors import LocalError


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
