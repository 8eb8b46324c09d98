"""The supervisor as a process of its own: what `quotewire up --detach` leaves running."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from quotewire.local.errors import PartFailed
from quotewire.local.home import Home, Phase, State
from quotewire.local.process import Identity
from quotewire.local.settings import command_settings
from quotewire.local.stream import our_services
from quotewire.local.supervisor import Supervisor
from quotewire_runtime.errors import QuotewireError

LOOK_EVERY = 0.05  # seconds between two looks at the record of the new supervisor


def launch(home: Home, report: Callable[[State], None], *, tied: bool = False) -> State:
    """Start a supervisor in the background and return when the stream is ready; `tied`: it ends when this process does.

    Ctrl-C meanwhile stops it again. Raises LocalError with the supervisor's words when the stream does not come up.
    """
    home.make()
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
        return _follow(home, process, log, report)
    except BaseException:
        if process.poll() is None:
            process.terminate()
            process.wait()
        raise


def _follow(home: Home, process: "subprocess.Popen[bytes]", log: Path, report: Callable[[State], None]) -> State:
    while True:
        ended = process.poll() is not None  # looked at before the record: the last record then is the final one
        state = home.state()
        told = None
        if state.supervisor is not None and state.supervisor.pid == process.pid:  # not the record of a start before
            report(state)
            told = state.error
            if state.phase is Phase.RUNNING:
                process.returncode = 0  # it goes on without us: no warning about a child still running
                return state
        if ended:
            raise PartFailed(told or _last_line(log) or f"the supervisor ended; log: {log}")
        time.sleep(LOOK_EVERY)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf8", errors="replace").splitlines()
    return lines[-1].removeprefix("quotewire: ") if lines else ""


def main(root: Path, tied_to: int | None = None) -> int:
    """Supervise the stream of a home until told to stop, or until the process `tied_to` is gone."""
    try:
        supervisor = Supervisor(home := Home(root), command_settings(), our_services(home))
        supervisor.stop_on_signals()
        if tied_to is not None:
            threading.Thread(target=_stop_with, args=(tied_to, supervisor), name="tied", daemon=True).start()
        supervisor.run()
    except QuotewireError as error:
        print(f"quotewire: {error}", file=sys.stderr)
        return error.exit_code
    return 0


def _stop_with(pid: int, supervisor: Supervisor) -> None:
    """Stop the supervisor when the process that launched it is gone, however it went."""
    try:
        launcher = Identity.of(pid)
        while launcher.alive():
            time.sleep(1.0)  # a demo that was killed leaves its stream running this long at most
    except psutil.NoSuchProcess:
        pass
    supervisor.stop()


if __name__ == "__main__":
    os.umask(0o077)  # the home holds a password and articles
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:])))
