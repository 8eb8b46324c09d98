"""The short form of the chaos program; the long forms are `make chaos`."""

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
async def test_twenty_kills_lose_double_and_leave_nothing(services: Services) -> None:
    """20 SIGKILLs over the three services while 2,000 articles flow."""
    told: list[str] = []
    plan = Plan(seed=20, articles=2000, rate=100, breaks={"kill": 20})
    result = await run(plan, Stream(services), told.append)
    assert result.good, "\n".join([*told, result.table()])
    assert result.restarts == 20
    assert not result.unasked
