"""File systems small enough to be filled, for the archive of raw bytes and for PostgreSQL.

They are mounted in a mount namespace of this program's own, so that none is left behind however it ends.
"""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
from pathlib import Path

MARK = "QUOTEWIRE_CHAOS_MOUNTS"
"""In the environment of a program that has its own mount namespace."""
BLOCK = 1 << 20
AGAIN_S = 0.5


class CannotMount(Exception):
    """This machine lets us mount nothing: one line."""


def own_mounts() -> None:
    """Start this program over in a mount namespace of its own; returns in it. Raises `CannotMount`."""
    if os.environ.get(MARK):
        return
    words = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        done = subprocess.run([*words, "true"], capture_output=True, text=True)
    except OSError as error:
        raise CannotMount(f"a full disk needs the program unshare: {error}") from error
    if done.returncode:
        raise CannotMount(f"a full disk needs a mount namespace: {done.stderr.strip()}")
    os.environ[MARK] = "1"
    os.execvp(words[0], [*words, sys.executable, "-m", "chaos", *sys.argv[1:]])


class SmallDisk:
    """A tmpfs."""

    def __init__(self, folder: Path, mib: int) -> None:
        self.folder = folder
        self._mib = mib
        self._ballast = folder / "ballast"

    def mount(self) -> None:
        """Mount it. Raises `CannotMount`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        words = ["mount", "-t", "tmpfs", "-o", f"size={self._mib}m", "tmpfs", str(self.folder)]
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode:
            raise CannotMount(f"a full disk needs a file system to mount: {done.stderr.strip()}")

    def unmount(self) -> None:
        """Unmount it, now or when the last file is closed."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    async def full(self, seconds: float) -> None:
        """Keep it full to the last byte: what is freed meanwhile is taken, too. Then make room again."""
        until = asyncio.get_running_loop().time() + seconds
        try:
            while asyncio.get_running_loop().time() < until:
                await asyncio.to_thread(self._fill)
                await asyncio.sleep(AGAIN_S)
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
