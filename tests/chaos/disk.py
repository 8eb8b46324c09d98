"""Small file systems that can be filled, for the archive of raw bytes and for PostgreSQL.

They are mounted in a mount namespace of this program, so that none is left however the program ends.
"""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
from pathlib import Path

MARK = "QUOTEWIRE_CHAOS_MOUNTS"
"""Environment variable that is set in the program with its own mount namespace."""
BLOCK = 1 << 20
RETRY_INTERVAL_S = 0.5


class MountError(Exception):
    """This machine does not allow mounts; the message is one line."""


def own_mounts() -> None:
    """Run this program again in its own mount namespace; return if it already is in one.

    Raises:
        MountError: the machine does not allow it.
    """
    if os.environ.get(MARK):
        return
    command = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        done = subprocess.run([*command, "true"], capture_output=True, text=True)
    except OSError as error:
        raise MountError(f"a full disk needs the program unshare: {error}") from error
    if done.returncode:
        raise MountError(f"a full disk needs a mount namespace: {done.stderr.strip()}")
    os.environ[MARK] = "1"
    os.execvp(command[0], [*command, sys.executable, "-m", "chaos", *sys.argv[1:]])


class SmallDisk:
    """A tmpfs of a fixed size."""

    def __init__(self, folder: Path, mib: int) -> None:
        self.folder = folder
        self._mib = mib
        self._ballast = folder / "ballast"

    def mount(self) -> None:
        """Mount it; raise `MountError` where the machine does not allow it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={self._mib}m", "tmpfs", str(self.folder)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise MountError(f"a full disk needs a file system to mount: {done.stderr.strip()}")

    def unmount(self) -> None:
        """Unmount it, at once or when the last file is closed."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    async def keep_full(self, seconds: float) -> None:
        """Keep it full to the last byte for some seconds, also when space is freed meanwhile; then free the space."""
        until = asyncio.get_running_loop().time() + seconds
        try:
            while asyncio.get_running_loop().time() < until:
                await asyncio.to_thread(self._fill)
                await asyncio.sleep(RETRY_INTERVAL_S)
        finally:
            self._ballast.unlink(missing_ok=True)

    def _fill(self) -> None:
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (BLOCK, 4096, 1):
                try:
                    while ballast.write(bytes(size)) == size:
                        pass
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
