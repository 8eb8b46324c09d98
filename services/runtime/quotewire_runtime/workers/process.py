"""The parent's side of one worker process: start it, give it work, watch it, kill it. All calls block."""

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

START_S = 120.0
"""Seconds a worker may take to load its function: a model from a cold disk on a busy machine."""
LOOK_S = 0.1
"""Seconds between two looks at a working process: a text that eats memory gets at most that far beyond the limit."""
NEAR_LIMIT = 0.8
"""A process that died by itself above this part of its memory limit died of memory."""
PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / 2**20


@dataclass(frozen=True, slots=True)
class WorkerExit:
    """Why a chunk came to an end."""

    reason: Reason
    message: str
    by_itself: bool = False
    """The process died and nobody knows of what: perhaps of its item, perhaps it was killed from outside."""


@dataclass(slots=True)
class Answer:
    """What a worker gave for a chunk: results from its beginning (value, seconds), and what ended it early."""

    results: list[tuple[Any, float]] = field(default_factory=list)
    death: WorkerExit | None = None


class WorkerProcess:
    """One process after the other in one place of the pool."""

    def __init__(self, initializer: str, config: Mapping[str, Any], *, memory_mib: int) -> None:
        self._initializer = initializer
        self._config = dict(config)
        self._memory_mib = memory_mib
        self._process: subprocess.Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._resident_mib = 0.0
        self._ended = False
        self.progress_at = 0.0
        """When it last gave a result, on the monotonic clock."""
        self.killed_loading = False
        """Whether the last start ended by SIGKILL: somebody's, or the operating system's, and not the function's."""

    @property
    def alive(self) -> bool:
        """Whether there is a process that takes work."""
        return self._process is not None and self._pipe is not None and self._process.poll() is None

    def start(self) -> str | None:
        """Start a new process and wait until it has loaded its function; the problem where it has not."""
        self.killed_loading = False
        if self._ended:
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
            if not self._pipe.poll(START_S):
                problem: str | None = f"not loaded within {START_S:.0f} s"
            else:
                problem = self._pipe.recv() or self._too_big()
        except (EOFError, OSError):
            how = self._how()
            self.killed_loading = how == signal.SIGKILL.name
            problem = f"it died while loading ({how})"
        if problem is not None:
            self.kill()
        return problem

    def work(self, items: list[Any], deadline_s: float) -> Answer:
        """Give a chunk and collect its results; afterwards the process is dead where ``Answer.death`` killed it."""
        answer = Answer()
        if self._pipe is None:
            answer.death = WorkerExit(Reason.CRASH, "the worker was stopped", by_itself=True)
            return answer
        try:
            self._pipe.send(items)
            self._collect(answer, deadline_s)
        except (EOFError, OSError):
            answer.death = self._post_mortem()
            self.kill()
        return answer

    def end(self) -> None:
        """End it for good. Called while another thread may be in ``work`` or ``start``, which then return."""
        self._ended = True
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)

    def kill(self) -> None:
        """End the process, whatever it does, and tidy up after it."""
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if process is not None:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()
        if pipe is not None:
            pipe.close()

    def _collect(self, answer: Answer, deadline_s: float) -> None:
        assert self._pipe is not None
        until = time.monotonic() + deadline_s
        while answer.death is None:
            if not self._pipe.poll(LOOK_S):
                answer.death = self._trouble(until, deadline_s)
                continue
            kind, *rest = self._pipe.recv()
            if kind == "result":
                answer.results.append((rest[0], rest[1]))
                self.progress_at = time.monotonic()
                until = self.progress_at + deadline_s
            elif kind == "raised":
                answer.death = WorkerExit(Reason.CRASH, rest[0])
                return  # the process is well
            elif kind == "memory":
                answer.death = WorkerExit(Reason.MEMORY, f"more than {self._memory_mib} MiB of memory")
            else:
                answer.death = self._too_much_memory()
                if answer.death is None:
                    return
        self.kill()

    def _too_big(self) -> str | None:
        self._resident_mib = self._measure()
        if self._resident_mib > NEAR_LIMIT * self._memory_mib:
            return f"it takes {self._resident_mib:.0f} MiB before any work, of {self._memory_mib} allowed: allow more"
        return None

    def _too_much_memory(self) -> WorkerExit | None:
        self._resident_mib = self._measure()
        if self._resident_mib > self._memory_mib:
            return WorkerExit(Reason.MEMORY, f"{self._resident_mib:.0f} MiB of memory, more than {self._memory_mib}")
        return None

    def _trouble(self, until: float, deadline_s: float) -> WorkerExit | None:
        if time.monotonic() >= until:
            return WorkerExit(Reason.TIMEOUT, f"no result within {deadline_s:g} s")
        return self._too_much_memory()

    def _measure(self) -> float:
        if self._process is None:
            return 0.0
        with suppress(OSError, IndexError, ValueError):
            return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * PAGE_MIB
        return 0.0  # no /proc, or it is gone: the operating system's own limit remains

    def _post_mortem(self) -> WorkerExit:
        if self._resident_mib > NEAR_LIMIT * self._memory_mib:
            return WorkerExit(Reason.MEMORY, f"died at {self._resident_mib:.0f} MiB of memory ({self._how()})")
        return WorkerExit(Reason.CRASH, f"the worker died ({self._how()})", by_itself=True)

    def _how(self) -> str:
        """Say how the process ended; it has closed its pipe, so it is about to if it has not."""
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
