"""The service ends all its parts when it is asked to stop."""

import asyncio

from quotewire_ingest.bootstrap import cancel_all


async def test_a_part_that_swallows_a_cancellation_is_cancelled_again() -> None:
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                if swallowed:
                    raise
                swallowed += 1

    async def failing() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise OSError("gone")

    tasks = [asyncio.create_task(stubborn()), asyncio.create_task(failing())]
    await asyncio.sleep(0)  # both wait now
    await asyncio.wait_for(cancel_all(tasks, interval_s=0.01), 5)
    assert swallowed == 1
    assert all(task.done() for task in tasks)
