"""How much memory each service takes while it is shaken."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psutil

from chaos.stream import Stream, tree

LOOK_S = 2.0
LIMITS_MIB = {"ingest": 2048, "extract": 3072, "store": 1024}
"""What `docker-compose.yml` gives a replica of each."""


class Peaks:
    """The most that one replica of each service took, its workers included: MiB of proportional set size."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.mib: dict[str, float] = {}

    async def watch(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.to_thread(self._look)
            await asyncio.sleep(LOOK_S)

    def _look(self) -> None:
        for service in list(self._stream.replicas):
            if service.process is not None:
                taken = sum(_pss(process) for process in tree(service.process.pid)) / 2**20
                self.mib[service.name] = max(self.mib.get(service.name, 0.0), taken)

    def too_much(self) -> list[str]:
        """The services whose container would have been ended."""
        return [f"{name} took {mib:.0f} MiB" for name, mib in self.mib.items() if mib > LIMITS_MIB[name]]

    def told(self) -> str:
        """A phrase for the table."""
        return ", ".join(f"{name} {round(mib)}" for name, mib in self.mib.items()) + " MiB"


def _pss(process: psutil.Process) -> int:
    with suppress(psutil.Error, OSError):
        return int(process.memory_full_info().pss)
    return 0
