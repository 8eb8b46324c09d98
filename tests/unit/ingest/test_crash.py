"""The exception boundary around one input or one poll."""

import pytest
from structlog.testing import capture_logs

from quotewire_ingest.crash import CrashSite, crashes_rejected
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability import metrics
from quotewire_runtime.workers.pool import WorkersBroken


def crashes(site: CrashSite) -> float:
    labels = {"stage": "ingest", "site": str(site)}
    return metrics.REGISTRY.get_sample_value("quotewire_crashes_total", labels) or 0.0


def test_an_unexpected_exception_is_a_rejection_one_log_line_with_its_stack_and_counted() -> None:
    before = crashes(CrashSite.FILE)

    with capture_logs() as lines, pytest.raises(Rejected) as rejected, crashes_rejected(CrashSite.FILE, "/in/a.txt"):
        raise KeyError("title")

    assert (rejected.value.reason, rejected.value.message) == (
        RejectionReason.CRASH,
        "an error of this program: KeyError: 'title'",
    )
    [line] = lines
    stack = line.pop("exception")
    assert line == {
        "event": "input_crashed", "log_level": "error", "site": "file", "input": "/in/a.txt", "why": "KeyError: 'title'"
    }  # fmt: skip
    assert stack.startswith("Traceback")
    assert 'raise KeyError("title")' in stack
    assert crashes(CrashSite.FILE) == before + 1


@pytest.mark.parametrize(
    "error",
    [Rejected(RejectionReason.NO_TEXT, "no text"), UnavailableError("no database"), WorkersBroken("no memory")],
)
def test_what_is_expected_passes_and_is_not_counted(error: Exception) -> None:
    before = crashes(CrashSite.INPUT)

    with capture_logs() as lines, pytest.raises(type(error)) as raised, crashes_rejected(CrashSite.INPUT, "x"):
        raise error

    assert raised.value is error
    assert (lines, crashes(CrashSite.INPUT)) == ([], before)


def test_names_and_messages_of_any_length_are_cut_in_the_log() -> None:
    with capture_logs() as lines, pytest.raises(Rejected), crashes_rejected(CrashSite.FEED, "h" * 10_000):
        raise ValueError("v" * 10_000)

    assert len(lines[0]["input"]) == 300
    assert len(lines[0]["why"]) == 200
