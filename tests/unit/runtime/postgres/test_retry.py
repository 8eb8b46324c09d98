"""Retrying: as long as it takes or until given up, reported and logged once."""

import pytest
import structlog

from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability.outage_log import OutageLog
from quotewire_runtime.postgres.errors import DatabaseUnavailable, TransactionConflict
from quotewire_runtime.postgres.retry import retry_until_available


class Attempt:
    """Raises what it was given, one error per call, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, without making them."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr("quotewire_runtime.postgres.retry.asyncio.sleep", sleep)
    return made


async def test_the_first_answer_is_returned(pauses: list[float]) -> None:
    assert await retry_until_available(Attempt()) == "answer"
    assert pauses == []


async def test_unavailable_dependencies_are_waited_for(pauses: list[float]) -> None:
    attempt = Attempt(DatabaseUnavailable("refused"), TransactionConflict("deadlock"), UnavailableError("disk full"))
    assert await retry_until_available(attempt, interval_s=3) == "answer"
    assert pauses == [3, TransactionConflict.retry_after_s, 3]


async def test_each_failure_and_the_success_are_reported(pauses: list[float]) -> None:
    reported: list[str | None] = []
    await retry_until_available(Attempt(DatabaseUnavailable("refused")), report=reported.append)
    assert reported == ["refused", None]


async def test_an_outage_is_logged_when_it_begins_and_when_it_ends(pauses: list[float]) -> None:
    with structlog.testing.capture_logs() as lines:
        outage = OutageLog(structlog.get_logger())
        await retry_until_available(Attempt(*[DatabaseUnavailable("refused")] * 5), outage=outage)
    assert [line["log_level"] for line in lines] == ["warning", "info"]


async def test_it_gives_up_after_the_time_given(pauses: list[float]) -> None:
    attempt = Attempt(*[DatabaseUnavailable("refused")] * 3)
    with pytest.raises(DatabaseUnavailable, match="refused"):
        await retry_until_available(attempt, give_up_after_s=-1)
    assert attempt.calls == 1


async def test_other_errors_pass(pauses: list[float]) -> None:
    with pytest.raises(ZeroDivisionError):
        await retry_until_available(Attempt(ZeroDivisionError()))
    assert pauses == []
