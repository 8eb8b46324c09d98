"""Wait for a condition instead of sleeping for a fixed time."""

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable
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
    began = time.monotonic()
    while True:
        last: object
        try:
            result = predicate()
            value = await result if inspect.isawaitable(result) else result
        except (AssertionError, LookupError) as error:
            last = error
        else:
            if value:
                return value
            last = value
        if time.monotonic() - began > within * _load_per_core():
            raise AssertionError(f"not within {within:g} s; the last check gave {last!r}")
        await asyncio.sleep(_POLL_INTERVAL_S)


def soon(predicate: Callable[[], T], within: float = 30) -> T:
    """Blocking `eventually`, for tests without an event loop that wait for whole processes."""
    began = time.monotonic()
    while True:
        last: object
        try:
            value = predicate()
        except (AssertionError, LookupError) as error:
            last = error
        else:
            if value:
                return value
            last = value
        if time.monotonic() - began > within * _load_per_core():
            raise AssertionError(f"not within {within:g} s; the last check gave {last!r}")
        time.sleep(_POLL_INTERVAL_S)


def _load_per_core() -> float:
    """Return the load average of the last minute per core, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
