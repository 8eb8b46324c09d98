"""The child's side of a worker process: ``python -m quotewire_runtime.workers.worker MODULE:FUNCTION FD``.

``WorkerProcess`` starts it. It loads the function, then receives chunks and returns results over the pipe ``FD``. It
ends when its parent does.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
"""Linux: the option of ``prctl`` that sets the signal to receive when the parent dies."""
MESSAGE_LIMIT = 500
"""Characters of an exception that are sent to the parent: its text may hold the whole article."""


def main(initializer: str, descriptor: int) -> None:
    """Serve until the pipe closes."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # the parent finishes its batch first, then kills this process
    _die_with_parent(os.getppid())
    pipe = Connection(descriptor)
    config, memory_mib = pipe.recv()
    try:
        module, _, name = initializer.partition(":")
        work = getattr(importlib.import_module(module), name)(**config)
    except Exception as error:
        pipe.send(_error_text(error))
        return
    _limit_memory(memory_mib)
    pipe.send(None)
    while True:
        try:
            items = pipe.recv()
        except EOFError:
            return
        _run_chunk(pipe, work, items)


def _run_chunk(pipe: Connection, work: Callable[[list[Any]], Iterable[Any]], items: list[Any]) -> None:
    """Send one result per item, each with the seconds since the one before, or what ended the chunk early."""
    sent = 0
    began = time.perf_counter()
    try:
        for result in work(items):
            if sent == len(items):
                raise RuntimeError("the function gave more results than there were items")
            now = time.perf_counter()
            pipe.send(("result", result, now - began))
            sent += 1
            began = now
        if sent < len(items):
            raise RuntimeError(f"the function gave {sent} results for {len(items)} items")
        pipe.send(("done",))
    except MemoryError:
        pipe.send(("memory",))
    except Exception as error:
        pipe.send(("raised", _error_text(error)))


def _error_text(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:MESSAGE_LIMIT]


def _limit_memory(memory_mib: int) -> None:
    """Limit the address space to its present size plus the whole limit.

    The parent's check of the resident memory is more exact, but runs only ten times a second.
    """
    try:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (used + memory_mib * 2**20, resource.RLIM_INFINITY))
    except (OSError, ValueError, IndexError):
        return  # no /proc: the parent's check remains


def _die_with_parent(parent: int) -> None:
    """Let the kernel kill this process when the parent ends; where it cannot, a thread checks for that.

    The kernel sends the signal when the *thread* that started this process ends: the pool's threads live as long as
    the pool.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch_parent() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(0)

    threading.Thread(target=watch_parent, daemon=True).start()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
