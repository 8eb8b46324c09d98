"""Waiting for PostgreSQL, or another dependency, as long as an outage lasts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.postgres.errors import DatabaseUnavailable, TransactionConflict

T = TypeVar("T")

RETRY_INTERVAL_S: Final = DatabaseUnavailable.retry_after_s


async def retry_until_available(
    attempt: Callable[[], Awaitable[T]],
    *,
    interval_s: float = RETRY_INTERVAL_S,
    give_up_after_s: float | None = None,
    outage: OutageLog | None = None,
    report: Callable[[str | None], None] | None = None,
) -> T:
    """Repeat an attempt while it raises ``UnavailableError``, and return its result.

    Neither tenacity nor stamina fits: the wait has no end, an outage is logged when it begins, once a minute and when
    it is over, and readiness must show it; their hooks run for every retry and not at all after the success.

    Args:
        attempt: must be harmless when repeated: a commit may have gone through although its answer was lost.
        interval_s: pause between two attempts; after a conflict with another transaction it is shorter.
        give_up_after_s: raise the error after that time; None: never.
        outage: logs the wait; may be shared by tasks that wait for the same dependency.
        report: called with the message of each failure and with None after the success.
    """
    began = time.monotonic()
    while True:
        try:
            result = await attempt()
        except UnavailableError as error:
            if give_up_after_s is not None and time.monotonic() - began > give_up_after_s:
                raise
            if report is not None:
                report(str(error))
            if outage is not None:
                outage.report(str(error))
            await asyncio.sleep(error.retry_after_s if isinstance(error, TransactionConflict) else interval_s)
        else:
            if report is not None:
                report(None)
            if outage is not None:
                outage.recovered()
            return result
