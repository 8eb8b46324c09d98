"""A few requests at a time, some more that wait, and the others turned away."""

from __future__ import annotations

import asyncio

import pytest

from kit.eventually import eventually
from quotewire_ingest.push.slots import NoSlot, Slots


async def test_requests_beyond_those_that_may_wait_are_turned_away() -> None:
    slots, leave = Slots(2, 3, 5), asyncio.Event()
    inside = most = 0

    async def request() -> bool:
        nonlocal inside, most
        try:
            async with slots.slot():
                inside += 1
                most = max(most, inside)
                await leave.wait()
                inside -= 1
        except NoSlot:
            return False
        return True

    requests = [asyncio.create_task(request()) for _ in range(9)]
    await eventually(lambda: sum(one.done() for one in requests) == 4)
    leave.set()
    assert (await asyncio.gather(*requests)).count(True) == 5
    assert most == 2
    assert await request()


async def test_a_slot_that_does_not_become_free_in_time() -> None:
    slots = Slots(1, 3, 0.01)
    async with slots.slot():
        with pytest.raises(NoSlot):
            async with slots.slot():
                pass
    async with slots.slot():
        pass
