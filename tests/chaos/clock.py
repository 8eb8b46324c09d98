"""Wall clocks that jump: each service and PostgreSQL read theirs through libfaketime, which reads it from a file.

Only the wall clock moves; monotonic time, by which timeouts are kept, does not, as on a machine whose clock is set.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LIBRARY = "faketime/libfaketimeMT.so.1"
FARTHEST = 5.3
"""A jump goes up to 10 to this power in seconds, 55 hours."""


class NoFakeTime(Exception):
    """There is no libfaketime: one line that says what to do."""


def find_library(cache: Path) -> Path:
    """The library of Debian's package `libfaketime`, installed or fetched into `cache`. Raises `NoFakeTime`."""
    for folder in (Path("/usr"), cache / "usr"):
        for found in folder.glob(f"lib/*/{LIBRARY}"):
            return found
    cache.mkdir(parents=True, exist_ok=True)
    for words in (["apt-get", "download", "libfaketime"], ["sh", "-c", "dpkg -x libfaketime_*.deb ."]):
        try:
            done = subprocess.run(words, cwd=cache, capture_output=True, text=True)
        except OSError as error:
            raise NoFakeTime(f"clock jumps need libfaketime (Debian: apt install libfaketime): {error}") from error
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["no word"])[-1]
            raise NoFakeTime(f"clock jumps need libfaketime (Debian: apt install libfaketime): {why}")
    return next((cache / "usr").glob(f"lib/*/{LIBRARY}"))


@dataclass(frozen=True, slots=True)
class Clocks:
    """One clock for each name: a service's, shared by its replicas and their workers, or `postgres`."""

    library: Path
    folder: Path

    def environment(self, name: str) -> Mapping[str, str]:
        """What a process that lives by the clock of this name needs around it."""
        if not self._file(name).exists():
            self.move(name, 0)
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file(name)),
            "FAKETIME_CACHE_DURATION": "1",  # seconds: how soon a jump is seen
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def move(self, name: str, seconds: float) -> None:
        """Put a clock `seconds` ahead of the true time, or behind it."""
        fresh = self._file(name).with_suffix(".new")
        fresh.write_text(f"{seconds:+.0f}\n")
        fresh.rename(self._file(name))  # a reader sees the old or the new, never half

    def _file(self, name: str) -> Path:
        return self.folder / f"clock-{name}.txt"


def drawn_jump(dice: random.Random) -> float:
    """Seconds, forwards or backwards; as likely seconds as hours."""
    return dice.choice((-1, 1)) * 10 ** dice.uniform(0, FARTHEST)
