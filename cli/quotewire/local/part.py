"""A part: one process of a home, started, watched, stopped."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from quotewire.local.errors import PartFailed
from quotewire.local.process import Identity, end, spawn

LOG_LIMIT = 50 * 2**20  # bytes; a log is cut when it is larger, its last half kept as `.1`


_FRAME = re.compile(r"at \S+\(|\.\.\. \d+ more|File \"|Traceback ")
"""Lines of a stack, Java's or Python's, which say where but not what."""


class Part:
    """One process with a log. Subclasses say how it is prepared, started, found ready and asked to stop.

    `prepare` may block for seconds (downloads, a new database); `start` does not; `is_ready` blocks 0.3 s at most.
    """

    name: str
    patience: float = 60.0
    """Seconds that a start may take before it counts as failed."""
    grace: float = 20.0
    """Seconds that a stop may take before the process is killed."""
    stop_signal: signal.Signals = signal.SIGTERM

    def __init__(self, name: str, home: Path, log: Path) -> None:
        self.name = name
        self.home = home
        self.log = log
        self.restarts = 0
        self.identity: Identity | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make what the process needs before its first start."""

    def command(self) -> Sequence[str | Path]:
        """The command line."""
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """The environment of the process."""
        return dict(os.environ)

    def is_ready(self) -> bool:
        """Whether the part does its work now."""
        raise NotImplementedError

    def start(self) -> None:
        """Start the process. Raises PartFailed when the program cannot be run at all."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._process = spawn(self.command(), self.log, self.home, self.environment())
        except OSError as error:
            raise PartFailed(f"{self.name} cannot be started: {error}") from None
        self.identity = Identity.of(self._process.pid)

    def exit_code(self) -> int | None:
        """The exit code of the process (negative: the signal that ended it), or None while it runs."""
        return None if self._process is None else self._process.poll()

    def wait_ready(self) -> None:
        """Block until the part is ready. Raises PartFailed when it ends, or is not ready after `patience` seconds."""
        end_at = time.monotonic() + self.patience
        while not self.is_ready():
            if (code := self.exit_code()) is not None:
                raise PartFailed(f"{self.name} ended with {code}{self.last_words()}")
            if time.monotonic() > end_at:
                raise PartFailed(f"{self.name} is not ready after {self.patience:.0f} s{self.last_words()}")
            time.sleep(0.03)

    def stop(self) -> None:
        """Ask the process to stop, wait for it, kill it after `grace` seconds. A part that does not run is no error."""
        if self.identity is not None:
            end([self.identity], self.grace, self.stop_signal)
        if self._process is not None:
            self._process.wait()

    def last_words(self) -> str:
        """A phrase for an error line: the last line of the log that says what was wrong, and where the log is."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - 4096))
                lines = [line.strip() for line in file.read().decode("utf8", "replace").splitlines() if line.strip()]
        except OSError:
            lines = []
        lines = [line for line in lines if not _FRAME.match(line)]
        if not lines:
            return f"; log: {self.log}"
        if (told := lines[-1].removeprefix("quotewire: ")) != lines[-1]:
            return f": {told[:300]}; log: {self.log}"  # an error of ours: one line that says what to do
        return f"; its last line: {lines[-1][:300]!r}; log: {self.log}"


def cut_log(log: Path, limit: int = LOG_LIMIT) -> bool:
    """Move a log larger than `limit` bytes to `.1` and empty it; the writer appends, so it goes on at the start.

    Lines written during the copy can be lost: the log is for people, the numbers are in the metrics.
    """
    try:
        if log.stat().st_size <= limit:
            return False
        log.with_suffix(log.suffix + ".1").write_bytes(log.read_bytes()[-limit // 2 :])
        os.truncate(log, 0)
    except OSError:
        return False
    return True
