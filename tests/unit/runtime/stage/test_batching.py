"""Batches are limited in number, bytes and time."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from quotewire_runtime.stage.batching import MAX_WAITS, Batches


async def from_queue(queue: "asyncio.Queue[bytes]") -> AsyncIterator[bytes]:
    while True:
        yield await queue.get()


def batches(
    items: AsyncIterator[bytes], *, max_items: int = 4, max_bytes: int = 100, wait_s: float = 0.02
) -> Batches[bytes]:
    return Batches(items, size=len, max_items=max_items, max_bytes=max_bytes, wait_s=wait_s)


async def test_full_batches_do_not_wait() -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    for _ in range(8):
        queue.put_nowait(b"x")
    made = batches(from_queue(queue), wait_s=5)
    began = time.monotonic()
    assert [len(await made.next()), len(await made.next())] == [4, 4]
    assert time.monotonic() - began < 1
    await made.close()


async def test_bytes_limit_a_batch_and_a_larger_item_is_a_batch_of_its_own() -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    for size in (60, 60, 500, 30, 30, 30):
        queue.put_nowait(bytes(size))
    made = batches(from_queue(queue))
    assert [[len(item) for item in await made.next()] for _ in range(4)] == [[60], [60], [500], [30, 30, 30]]
    await made.close()


async def test_a_single_item_is_returned_after_the_wait() -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    queue.put_nowait(b"x")
    made = batches(from_queue(queue))
    assert await asyncio.wait_for(made.next(), 1) == [b"x"]
    await made.close()


async def test_a_trickle_does_not_delay_the_first_item_for_long() -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue()

    async def trickle() -> None:
        while True:
            queue.put_nowait(b"x")
            await asyncio.sleep(0.01)

    task = asyncio.create_task(trickle())
    made = batches(from_queue(queue), max_items=10_000, max_bytes=1_000_000, wait_s=0.3)
    began = time.monotonic()
    assert len(await made.next()) > 1
    assert time.monotonic() - began < 0.3 * MAX_WAITS + 2
    task.cancel()
    await made.close()


async def test_the_end_of_the_stream_and_its_error_are_passed_on() -> None:
    async def ends() -> AsyncIterator[bytes]:
        yield b"x"

    async def fails() -> AsyncIterator[bytes]:
        yield b"x"
        raise ValueError("broken stream")

    ending = batches(ends())
    assert [await ending.next(), await ending.next()] == [[b"x"], []]
    failing = batches(fails())
    assert await failing.next() == [b"x"]
    with pytest.raises(ValueError, match="broken stream"):
        await failing.next()


async def test_reads_ahead_by_one_batch_only() -> None:
    read = 0

    async def count() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield b"x"

    made = batches(count())
    await made.next()
    await asyncio.sleep(0.05)  # nothing may happen
    assert read <= 4 + 4 + 1
    await made.close()


async def test_reads_ahead_by_the_bytes_of_one_batch_only() -> None:
    read = 0

    async def count() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            yield bytes(60)

    made = batches(count(), max_items=1000)
    assert [len(await made.next()) for _ in range(3)] == [1, 1, 1]
    await asyncio.sleep(0.05)  # nothing may happen
    assert read <= 3 + 2 + 1
    await made.close()
