"""Measure how much memory each service uses during a run."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psutil

from chaos.stream import Stream, tree

POLL_INTERVAL_S = 2.0
LIMITS_MIB = {"ingest": 2048, "extract": 3072, "store": 1024}
"""Memory limits of a replica in `docker-compose.yml`."""


class PeakMemory:
    """The highest memory use of one replica of each service with its workers: MiB of proportional set size."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self.mib: dict[str, float] = {}

    async def watch(self) -> None:
        """Measure until cancelled."""
        while True:
            await asyncio.to_thread(self._poll)
            await asyncio.sleep(POLL_INTERVAL_S)

    def _poll(self) -> None:
        for service in list(self._stream.replicas):
            if service.process is not None:
                taken = sum(_pss(process) for process in tree(service.process.pid)) / 2**20
                self.mib[service.name] = max(self.mib.get(service.name, 0.0), taken)

    def above_limits(self) -> list[str]:
        """Return the services whose container would have been killed."""
        return [f"{name} took {mib:.0f} MiB" for name, mib in self.mib.items() if mib > LIMITS_MIB[name]]

    def describe(self) -> str:
        """Describe the peaks in a phrase for the table."""
        return ", ".join(f"{name} {round(mib)}" for name, mib in self.mib.items()) + " MiB"


def _pss(process: psutil.Process) -> int:
    with suppress(psutil.Error, OSError):
        return int(process.memory_full_info().pss)
    return 0
