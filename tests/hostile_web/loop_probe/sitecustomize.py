"""Measure the longest callback of an event loop, in CPU seconds of its thread; for processes started by this program.

Python imports this module by itself where its folder stands in ``PYTHONPATH``. Each time a callback takes longer than
all before it, a line with its seconds and its name is appended to the file that ``LOOP_PROBE`` names.
"""

from __future__ import annotations

import asyncio
import os
import time

_run = asyncio.Handle._run
_longest = 0.02  # seconds; shorter ones are not written


def _timed(self: asyncio.Handle) -> None:
    global _longest
    began = time.thread_time()
    _run(self)
    took = time.thread_time() - began
    if took > _longest:
        _longest = took
        with open(os.environ["LOOP_PROBE"], "a", encoding="utf-8") as file:  # noqa: PTH123  # nothing more is imported
            file.write(f"{took:.3f} {self!r}"[:300].replace("\n", " ") + "\n")


if "LOOP_PROBE" in os.environ:
    asyncio.Handle._run = _timed  # type: ignore[method-assign]
