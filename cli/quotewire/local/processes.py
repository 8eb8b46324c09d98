"""Processes, identified by pid and start time, so that a reused pid is never signalled."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

HOME_VARIABLE = "QUOTEWIRE_LOCAL_HOME"
"""Environment variable of every process of a home: `down` finds by it what no record names."""


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process, never its successor: pid and start time (seconds since the epoch, from the kernel)."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "ProcessIdentity":
        """Identify a running process. Raises psutil.NoSuchProcess when there is none."""
        return cls(pid, psutil.Process(pid).create_time())

    def alive(self) -> bool:
        """Whether exactly this process still runs (a zombie does not)."""
        try:
            process = psutil.Process(self.pid)
            # The kernel's resolution is 1/100 s; it does not give a pid out again within 0.05 s.
            return abs(process.create_time() - self.started) < 0.05 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def signal(self, number: signal.Signals, group: bool = True) -> None:
        """Signal the process, with `group` also its process group if it leads one. A process that is gone is no error.

        The caller's own process group is never signalled.
        """
        if not self.alive():
            return
        with suppress(ProcessLookupError, PermissionError):
            if group and os.getpgid(self.pid) == self.pid and self.pid != os.getpgrp():
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)


def terminate(
    identities: Iterable[ProcessIdentity], within: float, first: signal.Signals = signal.SIGTERM, group: bool = True
) -> list[ProcessIdentity]:
    """Send `first`, wait up to `within` seconds, then send SIGKILL; return those that were killed. Blocks."""
    left = [identity for identity in identities if identity.alive()]
    for identity in left:
        identity.signal(first, group)
    left = _wait(left, within)
    for identity in left:
        identity.signal(signal.SIGKILL, group)
    _wait(left, 5)  # a killed process is gone as soon as the kernel has freed its memory
    return left


def _wait(identities: list[ProcessIdentity], within: float) -> list[ProcessIdentity]:
    end_at = time.monotonic() + within
    while (left := [identity for identity in identities if identity.alive()]) and time.monotonic() < end_at:
        time.sleep(0.02)
    return left


def processes_of_home(home: Path, below: bool = False) -> list[ProcessIdentity]:
    """Return every process of this user whose HOME_VARIABLE is `home`, except this process and its ancestors.

    With `below`, also those of homes inside that folder.
    """
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            named = process.environ().get(HOME_VARIABLE)
            if named is None or process.pid in own:
                continue
            if named == str(home) or (below and home in Path(named).parents):
                found.append(ProcessIdentity(process.pid, process.create_time()))
    return found


def spawn(
    command: Sequence[str | Path], log: Path, home: Path, env: Mapping[str, str], cwd: Path | None = None
) -> "subprocess.Popen[bytes]":
    """Start a process of `home` in a session of its own, its output appended to `log`.

    In a session of its own, Ctrl-C at the terminal does not reach it: the supervisor decides in which order parts stop.
    """
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the commands are our own
            [str(argument) for argument in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**env, HOME_VARIABLE: str(home)},
            cwd=cwd,
            start_new_session=True,
        )
