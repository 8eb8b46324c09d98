"""Measure the longest callback of an event loop, in CPU seconds of its thread; for processes started by this program.

Python imports this module by itself where its folder stands in ``PYTHONPATH``. Each time a callback takes longer than
all before it, a line with its seconds, and where it was in the middle of them, is appended to the file that
``LOOP_PROBE`` names.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
import traceback

_run = asyncio.Handle._run
_longest = 0.02  # seconds; shorter ones are not written
_running: tuple[int, float] | None = None
_where = ""


def _timed(self: asyncio.Handle) -> None:
    global _longest, _running, _where
    _where = ""
    _running = (threading.get_ident(), time.monotonic())
    began = time.thread_time()
    _run(self)
    took = time.thread_time() - began
    _running = None
    if took > _longest:
        _longest = took
        with open(os.environ["LOOP_PROBE"], "a", encoding="utf-8") as file:  # noqa: PTH123  # nothing more is imported
            file.write(f"{took:.3f} {_where or repr(self)}"[:600].replace("\n", " ") + "\n")


def _look() -> None:
    """Note from time to time where a callback is that has been running for a while."""
    global _where
    while True:
        time.sleep(0.015)
        running = _running
        if running is None or time.monotonic() - running[1] < _longest:
            continue
        frame = sys._current_frames().get(running[0])
        if frame is not None:
            calls = [call for call in traceback.extract_stack(frame) if not call.filename.startswith("<frozen")]
            places = (f"{call.name} {call.filename.rpartition('/')[2]}:{call.lineno}" for call in reversed(calls[-6:]))
            _where = " < ".join(places)


if "LOOP_PROBE" in os.environ:
    asyncio.Handle._run = _timed  # type: ignore[method-assign]
    threading.Thread(target=_look, daemon=True).start()
