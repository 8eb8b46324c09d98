"""Processes by pid and start time, so that a pid given to somebody else is never signalled."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

HOME_MARK = "QUOTEWIRE_LOCAL_HOME"
"""Environment variable that every process of a home carries, so that `down` finds even what was never written down."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A process for good: its pid, and when it started (seconds since the epoch, as the kernel tells it)."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "Identity":
        """Identify a running process. Raises psutil.NoSuchProcess when there is none."""
        return cls(pid, psutil.Process(pid).create_time())

    def alive(self) -> bool:
        """Whether exactly this process still runs (a zombie does not)."""
        try:
            process = psutil.Process(self.pid)
            # The kernel tells 1/100 s; a pid is not given out again within such a moment.
            return abs(process.create_time() - self.started) < 0.05 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def signal(self, number: signal.Signals, group: bool = True) -> None:
        """Signal the process, and with `group` its process group, if it leads one. One that is gone is no error."""
        if not self.alive():
            return
        with suppress(ProcessLookupError, PermissionError):
            if group and os.getpgid(self.pid) == self.pid and self.pid != os.getpgrp():
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)


def end(
    identities: Iterable[Identity], within: float, first: signal.Signals = signal.SIGTERM, group: bool = True
) -> list[Identity]:
    """Signal with `first`, wait `within` seconds, then SIGKILL; block that long at most. Return those killed."""
    left = [identity for identity in identities if identity.alive()]
    for identity in left:
        identity.signal(first, group)
    left = _wait(left, within)
    for identity in left:
        identity.signal(signal.SIGKILL, group)
    _wait(left, 5)  # a killed process is gone as soon as the kernel has freed its memory
    return left


def _wait(identities: list[Identity], within: float) -> list[Identity]:
    end_at = time.monotonic() + within
    while (left := [identity for identity in identities if identity.alive()]) and time.monotonic() < end_at:
        time.sleep(0.02)
    return left


def marked(home: Path, below: bool = False) -> list[Identity]:
    """Return every process of this user that carries `home` as its mark, this one and its ancestors left out.

    With `below`, also those of homes inside that folder.
    """
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            mark = process.environ().get(HOME_MARK)
            if mark is None or process.pid in own:
                continue
            if mark == str(home) or (below and home in Path(mark).parents):
                found.append(Identity(process.pid, process.create_time()))
    return found


def spawn(
    command: Sequence[str | Path], log: Path, home: Path, env: Mapping[str, str], cwd: Path | None = None
) -> "subprocess.Popen[bytes]":
    """Start a process in a session of its own, its output appended to `log`.

    A session of its own keeps a Ctrl-C at the terminal from reaching the parts before their supervisor has decided the
    order in which they stop.
    """
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - the commands are our own
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**env, HOME_MARK: str(home)},
            cwd=cwd,
            start_new_session=True,
        )
