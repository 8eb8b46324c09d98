"""The supervisor in a background process: what `quotewire up --detach` leaves running."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from quotewire.local.errors import PartFailed
from quotewire.local.home import Home
from quotewire.local.processes import ProcessIdentity
from quotewire.local.service import stream_services
from quotewire.local.settings import command_settings
from quotewire.local.state import StreamState, SupervisorPhase
from quotewire.local.supervisor import Supervisor
from quotewire_runtime.errors import QuotewireError

POLL_INTERVAL_S = 0.05  # between two reads of the new supervisor's record


def launch(home: Home, report: Callable[[StreamState], None], *, tied: bool = False) -> StreamState:
    """Start a supervisor in the background and return when the stream is ready. Ctrl-C meanwhile stops it again.

    Args:
        report: Called with each new record of the supervisor.
        tied: The supervisor stops when this process ends.

    Raises:
        LocalError: The stream did not start; the message is the supervisor's.
    """
    home.create()
    log = home.logs / "supervisor.log"
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "quotewire.local.daemon", str(home.root), *([str(os.getpid())] if tied else [])],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
    try:
        return _wait_until_running(home, process, log, report)
    except BaseException:
        if process.poll() is None:
            process.terminate()
            process.wait()
        raise


def _wait_until_running(
    home: Home, process: "subprocess.Popen[bytes]", log: Path, report: Callable[[StreamState], None]
) -> StreamState:
    while True:
        ended = process.poll() is not None  # checked before the record is read, which is then the final one
        state = home.read_state()
        message = None
        if state.supervisor is not None and state.supervisor.pid == process.pid:  # else it is of an earlier start
            report(state)
            message = state.error
            if state.phase is SupervisorPhase.RUNNING:
                process.returncode = 0  # it outlives us: no warning about a child that still runs
                return state
        if ended:
            raise PartFailed(message or _last_line(log) or f"the supervisor ended; log: {log}")
        time.sleep(POLL_INTERVAL_S)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf8", errors="replace").splitlines()
    return lines[-1].removeprefix("quotewire: ") if lines else ""


def main(root: Path, tied_to: int | None = None) -> int:
    """Supervise the stream of a home until asked to stop, or until the process `tied_to` has ended."""
    try:
        supervisor = Supervisor(home := Home(root), command_settings(), stream_services(home))
        supervisor.stop_on_signals()
        if tied_to is not None:
            threading.Thread(target=_stop_after, args=(tied_to, supervisor), name="tied", daemon=True).start()
        supervisor.run()
    except QuotewireError as error:
        print(f"quotewire: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _stop_after(pid: int, supervisor: Supervisor) -> None:
    """Stop the supervisor when the process that launched it has ended, for whatever reason."""
    try:
        launcher = ProcessIdentity.of(pid)
        while launcher.alive():
            time.sleep(1.0)  # the stream of a killed demo runs on for this long at most
    except psutil.NoSuchProcess:
        pass
    supervisor.stop()


if __name__ == "__main__":
    os.umask(0o077)  # the home holds a password and articles
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
