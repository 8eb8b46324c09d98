"""The exception boundary: what one input or one poll makes this program raise ends that input or poll, and no more."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from quotewire_ingest.decision import STAGE
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability import logs, metrics
from quotewire_runtime.workers.pool import WorkersBroken

_MAX_MESSAGE, _MAX_NAME = 200, 300


class CrashSite(StrEnum):
    """What was being processed; the values are those of the metric's label."""

    INPUT = "input"
    FILE = "file"
    FEED = "feed"
    FOLDER = "folder"
    PUSH = "push"


@contextmanager
def crashes_rejected(site: CrashSite, name: str) -> Iterator[None]:
    """Report an unexpected exception of the block, and raise ``Rejected`` (``crash``) in its place.

    A rejection passes, and what says that a dependency is unavailable: that is no fault of the input.
    """
    try:
        yield
    except (Rejected, UnavailableError, WorkersBroken):
        raise
    except Exception as error:
        raise rejection_of(error, site, name) from error


def rejection_of(error: Exception, site: CrashSite, name: str) -> Rejected:
    """Report an unexpected exception, and return the rejection that it leads to."""
    problem = describe(error)
    return report_crash(site, name, problem, "".join(traceback.format_exception(error)))


def report_crash(site: CrashSite, name: str, problem: str, stack: str = "") -> Rejected:
    """Count a crash and log it in one line with its stack; return the rejection that it leads to."""
    metrics.CRASHES.labels(STAGE, site).inc()
    facts = {"exception": stack} if stack else {}
    logs.get_logger("ingest").error("input_crashed", site=str(site), input=name[:_MAX_NAME], why=problem, **facts)
    return Rejected(RejectionReason.CRASH, f"an error of this program: {problem}")


def describe(error: BaseException) -> str:
    """Describe an exception in one short line: `KeyError: 'title'`."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:_MAX_MESSAGE]
