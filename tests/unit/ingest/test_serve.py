"""The watchdog of ingest: a process whose event loop does not run is ended, to be restarted."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest

from quotewire_ingest.serve import watch
from quotewire_runtime.stage.watchdog import EXIT_STALLED


def ingest(loop_ran_s_ago: float) -> Any:
    return cast(Any, SimpleNamespace(loop_ran_at=time.monotonic() - loop_ran_s_ago))


@pytest.mark.parametrize(("ago_s", "code"), [(1.0, None), (119.0, None), (121.0, EXIT_STALLED)])
def test_a_loop_that_does_not_run_ends_the_process(ago_s: float, code: int | None) -> None:
    assert watch(ingest(ago_s), asyncio.Event(), stall_s=120).check() == code


def test_a_service_that_is_asked_to_stop_has_its_time() -> None:
    stop = asyncio.Event()
    watchdog = watch(ingest(1.0), stop, stall_s=120)
    stop.set()
    assert watchdog.check() is None
