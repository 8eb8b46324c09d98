"""A part: one process of a home (Kafka, PostgreSQL, a service) that is started, watched and stopped."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from quotewire.local.errors import PartFailed
from quotewire.local.processes import ProcessIdentity, spawn, terminate

MAX_LOG_BYTES = 50 * 2**20  # a larger log is truncated, its last half kept as `.1`

_STACK_FRAME = re.compile(r"at \S+\(|\.\.\. \d+ more|File \"|Traceback ")
"""Lines of a stack trace, Java's or Python's: they say where, not what."""


class Part:
    """One process with a log. Subclasses define how it is prepared, started, checked and asked to stop.

    `prepare` may block for seconds (downloads, a new database); `start` does not; `is_ready` blocks 0.3 s at most.
    """

    name: str
    start_timeout_s: float = 60.0
    """Seconds after which a start counts as failed."""
    stop_timeout_s: float = 20.0
    """Seconds after which a process that was asked to stop is killed."""
    stop_signal: signal.Signals = signal.SIGTERM

    def __init__(self, name: str, home: Path, log: Path) -> None:
        self.name = name
        self.home = home
        self.log = log
        self.restarts = 0
        self.identity: ProcessIdentity | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Create what the process needs before its first start."""

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
        self.identity = ProcessIdentity.of(self._process.pid)

    def exit_code(self) -> int | None:
        """The exit code of the process (negative: the signal that ended it), or None while it runs."""
        return None if self._process is None else self._process.poll()

    def wait_ready(self) -> None:
        """Block until the part is ready. Raises PartFailed when it ends, or is not ready after `start_timeout_s`."""
        deadline = time.monotonic() + self.start_timeout_s
        while not self.is_ready():
            self.check_start(deadline)
            time.sleep(0.03)

    def check_start(self, deadline: float, doing: str = "") -> None:
        """Raise PartFailed when the process has ended, or the monotonic time `deadline` has passed.

        Args:
            doing: What the part waits for, for the message.
        """
        if (code := self.exit_code()) is not None:
            raise PartFailed(f"{self.name} ended with {code}{self.failure_details()}")
        if time.monotonic() > deadline:
            waited = f"{self.start_timeout_s:.0f} s" + (f" ({doing})" if doing else "")
            raise PartFailed(f"{self.name} is not ready after {waited}{self.failure_details()}")

    def stop(self) -> None:
        """Ask the process to stop, wait, and kill it after `stop_timeout_s`. A part that does not run is no error."""
        if self.identity is not None:
            terminate([self.identity], self.stop_timeout_s, self.stop_signal)
        if self._process is not None:
            self._process.wait()

    def failure_details(self) -> str:
        """The end of an error message: the last line of the log that says what was wrong, and where the log is."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - 4096))
                lines = [line.strip() for line in file.read().decode("utf8", "replace").splitlines() if line.strip()]
        except OSError:
            lines = []
        lines = [line for line in lines if not _STACK_FRAME.match(line)]
        if not lines:
            return f"; log: {self.log}"
        if (message := lines[-1].removeprefix("quotewire: ")) != lines[-1]:
            return f": {message[:300]}; log: {self.log}"  # an error of ours: one line that says what to do
        return f"; its last line: {lines[-1][:300]!r}; log: {self.log}"


def truncate_log(log: Path, limit: int = MAX_LOG_BYTES) -> bool:
    """Copy the last half of a log larger than `limit` bytes to `.1` and empty it; return whether that was done.

    The writer appends, so it goes on at the start. Lines written during the copy can be lost: metrics hold the counts.
    """
    try:
        if log.stat().st_size <= limit:
            return False
        log.with_suffix(log.suffix + ".1").write_bytes(log.read_bytes()[-limit // 2 :])
        os.truncate(log, 0)
    except OSError:
        return False
    return True
