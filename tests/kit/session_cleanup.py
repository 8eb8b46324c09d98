"""A process that outlives a test session and cleans up after it, however the session ended.

Its argument is the session's folder. It waits until its standard input is closed, which happens when the session has
ended, also by SIGKILL. Then it kills every process that is marked with the folder or one inside it, and removes the
folder.
"""

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

from quotewire.local.processes import processes_of_home, terminate

TIMEOUT_S = 120
"""Seconds to remove a session's files: on a busy machine, its databases alone can take half a minute."""


def start_cleanup(folder: Path) -> "subprocess.Popen[bytes]":
    """Start the cleanup process for `folder`."""
    return subprocess.Popen(
        [sys.executable, __file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def clean_up(cleanup: "subprocess.Popen[bytes]") -> None:
    """Let the process clean up now, and wait until it is done."""
    assert cleanup.stdin is not None
    cleanup.stdin.close()
    cleanup.wait(TIMEOUT_S)


def main(folder: Path) -> None:
    """Wait until standard input is closed, then clean up."""
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.buffer.read()
    terminate(processes_of_home(folder, below=True), within=0)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
