"""Run the ingest service as a process: signals, health, and the watchdog that ends a process that hangs."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal

from quotewire_ingest.bootstrap import Ingest
from quotewire_ingest.decision import STAGE
from quotewire_ingest.settings import Settings
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.observability.health import HealthServer
from quotewire_runtime.stage.state import StageState, State
from quotewire_runtime.stage.watchdog import Watchdog

# Seconds from the signal to the end: a response that is awaited is given up, a transaction may finish.
_GRACE_S = 20.0
# What libraries load when it is first used, a fifth of a second: not while connections wait.
_LOADED_AT_FIRST_USE = ("anyio._backends._asyncio", "cramjam", "encodings.idna")


def serve(settings: Settings) -> None:
    """Run the service until it is asked to stop. Raises ``SettingsError``."""
    logs.configure(settings.log, STAGE)
    metrics.initialise(STAGE)
    metrics.HEARTBEAT_INTERVAL.labels(STAGE).set(settings.heartbeat.every_s)
    for name in _LOADED_AT_FIRST_USE:
        importlib.import_module(name)
    ingest = Ingest(settings)
    # What is loaded by now stays: going through all of it, a collection of garbage holds up the loop for a tenth of a
    # second each time.
    gc.collect()
    gc.freeze()
    health = HealthServer(STAGE, live=ingest.live, ready=ingest.ready)
    address = health.start(settings.http)
    logs.get_logger("ingest").info("stage_starting", version=metrics.package_version(), health=address)
    try:
        asyncio.run(_until_signalled(ingest, settings.work.stall_s))
    finally:
        health.stop()
    logs.get_logger("ingest").info("stage_stopped")


async def _until_signalled(ingest: Ingest, stall_s: float) -> None:
    stop = asyncio.Event()

    def on_signal() -> None:
        logs.get_logger("ingest").info("stage_stopping")
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    watch(ingest, stop, stall_s).start()
    await ingest.run(stop)


def watch(ingest: Ingest, stop: asyncio.Event, stall_s: float) -> Watchdog:
    """Return the watchdog of a service: what hangs is ended, and what it had leased is leased again."""
    state = StageState(STAGE)
    state.enter(State.RUNNING, "")
    return Watchdog(
        state,
        stall_s=stall_s,
        grace_s=_GRACE_S,
        lag=lambda: None,  # inputs wait for hosts and for people: that no input ends says nothing
        progress_at=lambda: ingest.loop_ran_at,
        loop_ran_at=lambda: ingest.loop_ran_at,
        stopping=stop.is_set,
    )
