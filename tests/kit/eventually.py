"""Wait for a condition instead of sleeping for a fixed time."""

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, overload

T = TypeVar("T")

_POLL_INTERVAL_S = 0.02  # short compared with anything a test waits for, long compared with one check


@overload
async def eventually(predicate: Callable[[], Awaitable[T]], within: float = 10) -> T: ...


@overload
async def eventually(predicate: Callable[[], T], within: float = 10) -> T: ...


async def eventually(predicate: Callable[[], Any], within: float = 10) -> Any:
    """Call `predicate` (sync or async) until its result is truthy, and return that result.

    An AssertionError or LookupError of the predicate counts as "not yet". After `within` seconds, an AssertionError
    names the last result or error; on a busy machine the time is multiplied by the load per core.
    """
    wait = _Wait(within)
    while True:
        with wait.attempt():
            result = predicate()
            wait.last = await result if inspect.isawaitable(result) else result
            if wait.last:
                return wait.last
        wait.check_time()
        await asyncio.sleep(_POLL_INTERVAL_S)


def soon(predicate: Callable[[], T], within: float = 30) -> T:
    """Blocking `eventually`, for tests without an event loop that wait for whole processes."""
    wait = _Wait(within)
    while True:
        with wait.attempt():
            wait.last = result = predicate()
            if result:
                return result
        wait.check_time()
        time.sleep(_POLL_INTERVAL_S)


class _Wait:
    """The start and the last result of one wait."""

    def __init__(self, within: float) -> None:
        self.last: Any = None
        self._within = within
        self._began = time.monotonic()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Keep an error that means "not yet" as the last result."""
        try:
            yield
        except (AssertionError, LookupError) as error:
            self.last = error

    def check_time(self) -> None:
        """Raise AssertionError if the time is over."""
        if time.monotonic() - self._began > self._within * _load_per_core():
            raise AssertionError(f"not within {self._within:g} s; the last check gave {self.last!r}")


def _load_per_core() -> float:
    """Return the load average of the last minute per core, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
