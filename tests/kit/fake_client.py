"""An in-memory Kafka client for the engine, with failures on demand."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

from quotewire_runtime.kafka.delivery import Delivery
from quotewire_runtime.kafka.publisher import SendError
from quotewire_runtime.records import Outgoing, Record


class SendRejected(Exception):
    """Kafka accepts no record now."""


class RecordTooLarge(Exception):
    """Kafka does not accept this record because of its size."""


def record(value: bytes | None, *, key: bytes | None = b"a", offset: int = 0, topic: str = "news.article.v1") -> Record:
    """Make a record of partition 0."""
    return Record(topic, 0, offset, key, value, (("ce_id", b"1"),), 1_700_000_000_000)


class FakeClient:
    """Keeps what was sent and acknowledged, in order."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.acknowledged: list[int] = []
        self.lost: set[int] = set()
        self.failures: list[Exception] = []
        self.late_failures: list[Exception] = []
        self._next = 0
        self.queue: asyncio.Queue[Delivery] = asyncio.Queue()

    def put(self, values: Iterable[bytes | None]) -> None:
        """Add records with the next offsets."""
        for value in values:
            offset = self._next
            self._next += 1
            self.queue.put_nowait(Delivery(record(value, offset=offset), offset, 0.0))

    async def deliveries(self) -> AsyncIterator[Delivery]:
        """Yield records to the engine; never ends."""
        while True:
            yield await self.queue.get()

    def owns(self, message: Any) -> bool:
        return message not in self.lost

    def acknowledge(self, message: Any) -> None:
        self.acknowledged.append(message)

    async def send(self, out: Outgoing) -> asyncio.Future[Any]:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(out)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.late_failures:
            future.set_exception(self.late_failures.pop(0))
        else:
            future.set_result(None)
        return future

    def as_send_error(self, error: BaseException) -> SendError | None:
        if isinstance(error, SendRejected | RecordTooLarge):
            return SendError(str(error), too_large=isinstance(error, RecordTooLarge))
        return None
