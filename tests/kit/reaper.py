"""Outlive a test session and clear up after it, however it ended.

Started with the session's folder as its argument; ends when its standard input does, which happens when the session
has ended, also by SIGKILL. Every process that carries the folder, or one inside it, as its mark is then killed, and the
folder removed.
"""

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

from quotewire.local.processes import processes_of_home, terminate


def watch_over(folder: Path) -> "subprocess.Popen[bytes]":
    """Start the reaper of `folder`; close its stdin and wait for it to let it do its work at once."""
    return subprocess.Popen(
        [sys.executable, __file__, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def dismiss(reaper: "subprocess.Popen[bytes]") -> None:
    """Let the reaper clear up, and wait until it has."""
    assert reaper.stdin is not None
    reaper.stdin.close()
    reaper.wait(30)


def main(folder: Path) -> None:
    """Wait for the end of standard input, then clear up."""
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.buffer.read()
    terminate(processes_of_home(folder, below=True), within=0)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
