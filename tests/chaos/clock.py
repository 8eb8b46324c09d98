"""Shift wall clocks: each service and PostgreSQL read theirs through libfaketime, which reads the shift from a file.

Only the wall clock is shifted. Monotonic time, which timeouts use, is not: as on a machine whose clock is set.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LIBRARY = "faketime/libfaketimeMT.so.1"
MAX_JUMP_LOG10 = 5.3
"""The largest shift in seconds is 10 to this power: 55 hours."""


class FaketimeMissing(Exception):
    """There is no libfaketime; the message is one line that says what to do."""


def find_library(cache: Path) -> Path:
    """Find the library of Debian's package `libfaketime`, or download it into `cache`.

    Raises:
        FaketimeMissing: it can be neither found nor downloaded.
    """
    for folder in (Path("/usr"), cache / "usr"):
        for found in folder.glob(f"lib/*/{LIBRARY}"):
            return found
    cache.mkdir(parents=True, exist_ok=True)
    for command in (["apt-get", "download", "libfaketime"], ["sh", "-c", "dpkg -x libfaketime_*.deb ."]):
        try:
            done = subprocess.run(command, cwd=cache, capture_output=True, text=True)
        except OSError as error:
            raise FaketimeMissing(f"clock jumps need libfaketime (Debian: apt install libfaketime): {error}") from error
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise FaketimeMissing(f"clock jumps need libfaketime (Debian: apt install libfaketime): {why}")
    return next((cache / "usr").glob(f"lib/*/{LIBRARY}"))


@dataclass(frozen=True, slots=True)
class Clocks:
    """One clock per name: that of a service, shared by its replicas and their workers, or `postgres`."""

    library: Path
    folder: Path

    def environment(self, name: str) -> Mapping[str, str]:
        """Return the environment of a process that uses the clock of this name."""
        if not self._file(name).exists():
            self.move(name, 0)
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file(name)),
            "FAKETIME_CACHE_DURATION": "1",  # seconds until a shift is seen
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def move(self, name: str, seconds: float) -> None:
        """Set a clock `seconds` ahead of the true time, or behind it."""
        fresh = self._file(name).with_suffix(".new")
        fresh.write_text(f"{seconds:+.0f}\n")
        fresh.rename(self._file(name))  # a process reads the old or the new file, never a part

    def _file(self, name: str) -> Path:
        return self.folder / f"clock-{name}.txt"


def random_jump(rng: random.Random) -> float:
    """Draw a shift in seconds, forwards or backwards, uniform in its logarithm."""
    return rng.choice((-1, 1)) * 10 ** rng.uniform(0, MAX_JUMP_LOG10)
