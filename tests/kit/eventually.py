"""Wait for a condition instead of sleeping for a time that somebody once found long enough."""

import asyncio
import inspect
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

_PAUSE = 0.02  # seconds between two looks: short beside anything a test waits for, long beside the look itself


@overload
async def eventually(predicate: Callable[[], Awaitable[T]], within: float = 10) -> T: ...


@overload
async def eventually(predicate: Callable[[], T], within: float = 10) -> T: ...


async def eventually(predicate: Callable[[], Any], within: float = 10) -> Any:
    """Call `predicate` (sync or async) until its result is truthy, and return that result.

    An AssertionError or LookupError of the predicate counts as "not yet". After `within` seconds the last result, or
    the last error, is told in an AssertionError; where more processes want to run than there are cores, so many times
    later.
    """
    began = time.monotonic()
    while True:
        told: object
        try:
            result = predicate()
            value = await result if inspect.isawaitable(result) else result
        except (AssertionError, LookupError) as error:
            told = error
        else:
            if value:
                return value
            told = value
        if time.monotonic() - began > within * _crowd():
            raise AssertionError(f"not within {within:g} s; the last look gave {told!r}")
        await asyncio.sleep(_PAUSE)


def soon(predicate: Callable[[], T], within: float = 30) -> T:
    """`eventually` for tests without an event loop, which wait for whole processes; blocks."""
    began = time.monotonic()
    while True:
        told: object
        try:
            value = predicate()
        except (AssertionError, LookupError) as error:
            told = error
        else:
            if value:
                return value
            told = value
        if time.monotonic() - began > within * _crowd():
            raise AssertionError(f"not within {within:g} s; the last look gave {told!r}")
        time.sleep(_PAUSE)


def _crowd() -> float:
    """How many processes there are for each core, of those that wanted to run in the last minute; at least one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
