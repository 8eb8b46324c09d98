"""Producing the records of a batch and waiting until Kafka has confirmed all of them."""

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
"""Seconds without Kafka's confirmation after which the stage says that it waits; it goes on waiting."""
AGAIN_S = 1.0
"""Seconds between two attempts to produce a batch."""


class TooLarge(Exception):
    """Kafka refused a record for its size although it is below the limit that we know."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index


class SendError(Exception):
    """Producing failed; ``too_large``: it would fail again."""

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large


class Sender(Protocol):
    """What the publisher needs of Kafka."""

    async def send(self, out: Outgoing) -> asyncio.Future[Any]:
        """Hand a record to the producer; the future resolves when Kafka has confirmed it."""
        ...

    def explain(self, error: BaseException) -> SendError | None:
        """Say what an exception of ``send`` or its future means; None if it has nothing to do with producing."""
        ...


class Publisher:
    """Produces in order. Nothing is acknowledged to the source before all of a batch is confirmed by Kafka."""

    def __init__(self, stage: str, topics: Topics, sender: Sender, *, waiting: Callable[[str], None]) -> None:
        """``waiting`` is called every ten seconds while Kafka keeps us waiting, with the reason."""
        self._stage = stage
        self._topics = topics
        self._sender = sender
        self._waiting = waiting

    def too_large(self, outgoing: Sequence[Outgoing]) -> str | None:
        """Say which of a record's products exceeds its topic's limit; asked before any of them is sent."""
        for out in outgoing:
            plain = self._topics.plain(out.topic)
            limit = spec(plain).max_message_bytes
            if out.size > limit:
                return f"what it became takes {out.size} bytes on {plain}, which takes {limit}"
        return None

    async def publish(self, outgoing: Sequence[Outgoing]) -> None:
        """Produce and wait for all confirmations.

        Raises:
            TooLarge: for the record at ``index``; others may be out already.
            Retry: Kafka did not take them; all are to be produced again, in order.
        """
        confirmations: list[asyncio.Future[Any]] = []
        failures: list[tuple[int, BaseException]] = []
        with self._telling_when_slow():
            for index, out in enumerate(outgoing):
                try:
                    confirmations.append(await self._sender.send(out))
                except Exception as error:  # sorted out below, when the others have settled
                    failures.append((index, error))
                    break
            settled = await asyncio.gather(*confirmations, return_exceptions=True)
        failures += [(index, result) for index, result in enumerate(settled) if isinstance(result, BaseException)]
        for index, failure in sorted(failures, key=lambda item: item[0]):
            self._judge(index, outgoing[index], failure)
        for out in outgoing:
            metrics.PRODUCED.labels(self._stage, self._topics.plain(out.topic)).inc()

    def _judge(self, index: int, out: Outgoing, error: BaseException) -> None:
        failure = self._sender.explain(error)
        if failure is None:
            raise error
        plain = self._topics.plain(out.topic)
        metrics.PRODUCE_FAILURES.labels(self._stage, plain).inc()
        if plain in DEAD_LETTER_TOPICS:
            metrics.DEAD_LETTERS_FAILED.labels(self._stage).inc()
        if failure.too_large:
            raise TooLarge(index, str(failure)) from error
        raise Retry(AGAIN_S, f"Kafka does not take records for {out.topic}: {failure}") from error

    @contextmanager
    def _telling_when_slow(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()

        def tell() -> None:
            self._waiting("Kafka does not confirm what was produced")
            timers.append(loop.call_later(SLOW_S, tell))

        timers = [loop.call_later(SLOW_S, tell)]
        try:
            yield
        finally:
            timers[-1].cancel()
