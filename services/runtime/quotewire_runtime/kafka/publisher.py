"""Produce the records of a batch and wait until Kafka has confirmed all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from quotewire_runtime.kafka.dead_letter import DEAD_LETTER_TOPICS
from quotewire_runtime.observability import metrics
from quotewire_runtime.records import Outgoing
from quotewire_runtime.results import Retry
from quotewire_schemas.topics import Topics, spec

SLOW_S = 10.0
"""Seconds without Kafka's confirmation after which the stage reports that it waits; it goes on waiting."""
RETRY_INTERVAL_S = 1.0
"""Seconds between two attempts to produce a batch."""


class RecordTooLarge(Exception):
    """Kafka rejected a record for its size although it is below the topic's limit in ``schemas/topics``."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index


class SendError(Exception):
    """A record could not be produced; with ``too_large``, a retry would fail again."""

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large


class Sender(Protocol):
    """The Kafka client, as the publisher uses it."""

    async def send(self, out: Outgoing) -> asyncio.Future[Any]:
        """Give a record to the producer; the future resolves when Kafka has confirmed it."""
        ...

    def as_send_error(self, error: BaseException) -> SendError | None:
        """Convert an exception of ``send`` or of its future; None if it does not come from Kafka."""
        ...


class Publisher:
    """Produces in order. A batch is acknowledged only after Kafka has confirmed all records made of it."""

    def __init__(self, stage: str, topics: Topics, sender: Sender, *, report_waiting: Callable[[str], None]) -> None:
        """``report_waiting`` is called with the reason, every ten seconds while Kafka does not confirm."""
        self._stage = stage
        self._topics = topics
        self._sender = sender
        self._report_waiting = report_waiting

    def find_too_large(self, outgoing: Sequence[Outgoing]) -> str | None:
        """Return a message about the first record that exceeds its topic's limit. Checked before any is sent."""
        for out in outgoing:
            plain = self._topics.plain(out.topic)
            limit = spec(plain).max_message_bytes
            if out.size > limit:
                return f"the record for {plain} takes {out.size} bytes, and the topic allows {limit}"
        return None

    async def publish(self, outgoing: Sequence[Outgoing]) -> None:
        """Produce and wait for all confirmations.

        Raises:
            RecordTooLarge: for the record at ``index``; others may have been produced already.
            Retry: Kafka did not accept them; produce all of them again, in order.
        """
        confirmations: list[asyncio.Future[Any]] = []
        failures: list[tuple[int, BaseException]] = []
        with self._reporting_when_slow():
            for index, out in enumerate(outgoing):
                try:
                    confirmations.append(await self._sender.send(out))
                except Exception as error:  # raised below, when the others have their results
                    failures.append((index, error))
                    break
            settled = await asyncio.gather(*confirmations, return_exceptions=True)
        failures += [(index, result) for index, result in enumerate(settled) if isinstance(result, BaseException)]
        for index, failure in sorted(failures, key=lambda item: item[0]):
            self._raise_failure(index, outgoing[index], failure)
        for out in outgoing:
            metrics.PRODUCED.labels(self._stage, self._topics.plain(out.topic)).inc()

    def _raise_failure(self, index: int, out: Outgoing, error: BaseException) -> None:
        """Count a failure and raise ``RecordTooLarge``, ``Retry`` or, where Kafka is not its source, the error."""
        failure = self._sender.as_send_error(error)
        if failure is None:
            raise error
        plain = self._topics.plain(out.topic)
        metrics.PRODUCE_FAILURES.labels(self._stage, plain).inc()
        if plain in DEAD_LETTER_TOPICS:
            metrics.DEAD_LETTERS_FAILED.labels(self._stage).inc()
        if failure.too_large:
            raise RecordTooLarge(index, str(failure)) from error
        raise Retry(RETRY_INTERVAL_S, f"Kafka does not accept records for {out.topic}: {failure}") from error

    @contextmanager
    def _reporting_when_slow(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def report() -> None:
            self._report_waiting("Kafka does not confirm the produced records")
            timers.append(loop.call_later(SLOW_S, report))

        timers = [loop.call_later(SLOW_S, report)]
        try:
            yield
        finally:
            timers[-1].cancel()
