"""Chains of functions whose CPU time is measured step by step, and a clock that stops a step that takes too long."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

CEILING_S = 10.0
"""CPU seconds of one step after which it is stopped, and the text is not doubled any more."""
LARGEST = 22
"""Exponent of the longest text: 4 MiB, as much as ingest takes of a text file."""


class TooLong(BaseException):
    """A call has used its CPU time; no ``except Exception`` in our code or a library's swallows it."""


class Clock:
    """Measures the CPU time of each step of a chain by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def __call__(self, name: str, step: Callable[[], T]) -> T:
        """Run one step and record its time, also if it raises."""
        began = time.process_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, CEILING_S)
        try:
            return step()
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            self.seconds[name] = time.process_time() - began


@dataclass(frozen=True, slots=True)
class Chain:
    """Functions that work on one text, one after the other.

    Args:
        name: of the chain; a function is reported under its own.
        run: takes a text and a clock, and runs each function through the clock.
        most: exponent of the longest text.
        expected: exceptions with which a function says that it does not take the text.
    """

    name: str
    run: Callable[[str, Clock], None]
    most: int = LARGEST
    expected: tuple[type[Exception], ...] = ()
