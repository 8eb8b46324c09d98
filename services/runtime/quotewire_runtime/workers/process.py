"""The parent's side of one worker process: start it, send it chunks, watch its limits, kill it. All calls block."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from quotewire_schemas.dead_letter import Reason

LOAD_TIMEOUT_S = 120.0
"""Seconds a worker may take to load its function: enough for a model from a cold disk on a busy machine."""
POLL_INTERVAL_S = 0.1
"""Seconds between two checks of a working process: an item can exceed the memory limit for no longer than that."""
NEAR_LIMIT_RATIO = 0.8
"""A process that died above this part of its memory limit is taken to have died of memory."""
PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True, slots=True)
class WorkerExit:
    """Why a chunk ended before all its items had results."""

    reason: Reason
    message: str
    unexplained: bool = False
    """The process died and the cause is not known: its item, or somebody killed it from outside."""


@dataclass(slots=True)
class ChunkAnswer:
    """What a worker returned for a chunk: results from its first item on (value, seconds), and what ended it early."""

    results: list[tuple[Any, float]] = field(default_factory=list)
    exit: WorkerExit | None = None


class WorkerProcess:
    """One slot of a pool: runs at most one process at a time, and can start a new one after it died."""

    def __init__(self, initializer: str, config: Mapping[str, Any], *, memory_mib: int) -> None:
        self._initializer = initializer
        self._config = dict(config)
        self._memory_mib = memory_mib
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._resident_mib = 0.0
        self._shut_down = False
        self.progress_at = 0.0
        """Monotonic time of its last result."""
        self.killed_loading = False
        """Whether SIGKILL ended the last start: then its cause is outside, and not in the function."""
        self.used = False
        """Whether the process was given items since it started."""

    @property
    def alive(self) -> bool:
        """Whether a process is running that accepts work."""
        return self._process is not None and self._pipe is not None and self._process.poll() is None

    def start(self) -> str | None:
        """Start a new process and wait until it has loaded its function; return the problem if it did not."""
        self.killed_loading = self.used = False
        if self._shut_down:
            return "the pool was stopped"
        self.kill()
        ours, theirs = socket.socketpair()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "quotewire_runtime.workers.worker", self._initializer, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno() if _has_fileno(sys.stderr) else subprocess.DEVNULL,
        )
        theirs.close()
        self._pipe = Connection(ours.detach())
        try:
            self._pipe.send((self._config, self._memory_mib))
            if not self._pipe.poll(LOAD_TIMEOUT_S):
                problem: str | None = f"not loaded within {LOAD_TIMEOUT_S:.0f} s"
            else:
                problem = self._pipe.recv() or self._memory_problem_after_loading()
        except (EOFError, OSError):
            ending = self._describe_end()
            self.killed_loading = ending == signal.SIGKILL.name
            problem = f"it died while loading ({ending})"
        if problem is not None:
            self.kill()
        return problem

    def run_chunk(self, items: list[Any], deadline_s: float) -> ChunkAnswer:
        """Send a chunk and collect its results.

        Afterwards the process is dead if it died or exceeded a limit, and alive if its function only raised.
        """
        answer = ChunkAnswer()
        self.used = True
        if self._pipe is None:
            answer.exit = WorkerExit(Reason.CRASH, "the worker was stopped", unexplained=True)
            return answer
        try:
            self._pipe.send(items)
            self._collect(answer, deadline_s)
        except (EOFError, OSError):
            answer.exit = self._explain_death()
            self.kill()
        return answer

    def shut_down(self) -> None:
        """Kill the process and start no other. Another thread may be in ``run_chunk`` or ``start``: they return."""
        self._shut_down = True
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)

    def kill(self) -> None:
        """Kill the process, if there is one, wait for its end and close its pipe."""
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()
        if pipe is not None:
            pipe.close()

    def _collect(self, answer: ChunkAnswer, deadline_s: float) -> None:
        assert self._pipe is not None
        until = time.monotonic() + deadline_s
        while answer.exit is None:
            if not self._pipe.poll(POLL_INTERVAL_S):
                answer.exit = self._exceeded_limit(until, deadline_s)
                continue
            kind, *rest = self._pipe.recv()
            if kind == "result":
                answer.results.append((rest[0], rest[1]))
                self.progress_at = time.monotonic()
                until = self.progress_at + deadline_s
            elif kind == "raised":
                answer.exit = WorkerExit(Reason.CRASH, rest[0])
                return  # the process can go on
            elif kind == "memory":
                answer.exit = WorkerExit(Reason.MEMORY, f"more than {self._memory_mib} MiB of memory")
            else:
                answer.exit = self._exceeded_memory()
                if answer.exit is None:
                    return
        self.kill()

    def _exceeded_limit(self, until: float, deadline_s: float) -> WorkerExit | None:
        if time.monotonic() >= until:
            return WorkerExit(Reason.TIMEOUT, f"no result within {deadline_s:g} s")
        return self._exceeded_memory()

    def _exceeded_memory(self) -> WorkerExit | None:
        self._resident_mib = self._measure()
        if self._resident_mib > self._memory_mib:
            return WorkerExit(Reason.MEMORY, f"{self._resident_mib:.0f} MiB of memory, more than {self._memory_mib}")
        return None

    def _memory_problem_after_loading(self) -> str | None:
        self._resident_mib = self._measure()
        if self._resident_mib > NEAR_LIMIT_RATIO * self._memory_mib:
            return f"it takes {self._resident_mib:.0f} MiB before any work, of {self._memory_mib} allowed: allow more"
        return None

    def _measure(self) -> float:
        if self._process is None:
            return 0.0
        with suppress(OSError, IndexError, ValueError):
            return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * PAGE_MIB
        return 0.0  # no /proc, or the process has ended: the worker's own address-space limit remains

    def _explain_death(self) -> WorkerExit:
        if self._resident_mib > NEAR_LIMIT_RATIO * self._memory_mib:
            return WorkerExit(Reason.MEMORY, f"died at {self._resident_mib:.0f} MiB of memory ({self._describe_end()})")
        return WorkerExit(Reason.CRASH, f"the worker died ({self._describe_end()})", unexplained=True)

    def _describe_end(self) -> str:
        """Return the signal or exit code of a process that has closed its pipe, and so has ended or is about to."""
        if self._process is None:
            return "stopped"
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            return "it closed its pipe"
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _has_fileno(stream: Any) -> bool:
    try:
        return bool(stream.fileno() >= 0)
    except (OSError, AttributeError, ValueError):
        return False
