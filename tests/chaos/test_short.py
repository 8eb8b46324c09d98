"""The short chaos run; the long runs are `make chaos`."""

from __future__ import annotations

import pytest

from chaos.result import Plan
from chaos.run import run
from chaos.stream import Stream
from kit.services import Services, services

__all__ = ["services"]


@pytest.mark.chaos
@pytest.mark.integration
@pytest.mark.timeout(900)
async def test_twenty_kills_and_poisoned_workers_lose_double_and_leave_nothing(services: Services) -> None:
    """20 SIGKILLs over the three services, and texts that kill their workers, while 2,000 articles flow."""
    log_lines: list[str] = []
    breaks = {"kill": 20, "hook": 1, "poison": 1}
    plan = Plan(seed=20, articles=2000, rate=100, breaks=breaks, settings={"EXTRACT__DEADLINE_S": "8"})
    result = await run(plan, Stream(services), log_lines.append)
    assert result.good, "\n".join([*log_lines, result.table()])
    assert result.restarts == 20
    assert not result.unexpected_exits
