"""The Faust app of a stage. No other module uses Faust, whose defaults lose records and hide failures.

What is changed, and why:

* **Only the engine acknowledges.** Faust acknowledges a record that it skips during a rebalance, and one whose
  processing raised; the next commit then passes records that were never processed. ``StageConsumer.ack``, which Faust
  calls, only forgets the record; ``acknowledge``, which the engine calls, allows its offset to be committed.
  ``enable_acks = False`` on the stream has the same purpose.
* **The engine waits for active batches** when partitions are revoked and at shutdown (``wait_empty`` →
  ``Engine.drain``): Faust would wait for ever for a batch that waits for the database.
* ``CrashingSupervisor``: the default supervisor restarts a crashed agent for ever, and the process never exits.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from typing import Any, Protocol

import faust
import mode
from aiokafka.errors import KafkaError, MessageSizeTooLargeError
from faust.exceptions import ProducerSendError
from faust.transport.drivers import aiokafka as driver

from quotewire_runtime.config.settings import EngineSettings, KafkaSettings
from quotewire_runtime.kafka.client import (
    BATCH_BYTES,
    LARGEST_REQUEST,
    LINGER_MS,
    bootstrap_servers,
    error_text,
    pause_between_metadata_retries,
    tls_context,
)
from quotewire_runtime.kafka.delivery import Delivery
from quotewire_runtime.kafka.publisher import SendError
from quotewire_runtime.records import Outgoing, Record

REQUEST_TIMEOUT_S = 40.0
"""Seconds; Faust requires at least the longest session timeout."""
PRODUCE_TIMEOUT_S = 1200.0
"""Seconds a produced record waits for an unavailable broker before it is produced again."""
MAX_POLL_S = 86_400.0
"""Seconds without a fetch after which the client would leave its group: a day, which never happens. A stage that waits
for the database fetches nothing and must keep its partitions; a stalled consumer is detected by the watchdog."""
FETCH_BYTES = 2**20
"""Bytes fetched of a partition at a time (a larger record is still fetched); times 12 partitions, what the client may
hold in memory."""


LOGGER = logging.getLogger("faust.stage")
"""Logger of our subclasses: so ``logs`` limits what Faust logs through them, like the rest of Faust."""


class StageLoop(Protocol):
    """The engine, as this module uses it."""

    async def run(self, deliveries: AsyncIterator[Delivery]) -> None:
        """Process deliveries until cancelled."""
        ...

    async def drain(self, within_s: float) -> None:
        """Finish or abandon the active batches: the partitions are revoked."""
        ...

    def resume(self) -> None:
        """Begin batches again: partitions were assigned."""
        ...


class StageConsumer(driver.Consumer):
    """Faust's consumer; acknowledging and waiting are left to the engine."""

    logger = LOGGER
    drain: Callable[[], Awaitable[None]]

    def ack(self, message: Any) -> bool:
        """Forget a record that Faust skips; its offset is not committed."""
        message.acked = True
        self._unacked_messages.discard(message)
        return False

    def acknowledge(self, message: Any) -> None:
        """Allow the offset to be committed, unless the record was read before the last rebalance."""
        if message.generation_id == self.app.consumer_generation_id:
            message.acked = False
            super().ack(message)

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Commit before Faust forgets what was acknowledged since the last commit, which would be processed twice."""
        await self.wait_empty()
        await super().on_partitions_revoked(revoked)

    async def wait_empty(self) -> None:
        """Wait until the engine has no active batch, then commit what it acknowledged."""
        await self.drain()
        self._unacked_messages.clear()
        await self.maybe_wait_for_commit_to_finish()  # a running commit was made before the last batch ended
        await self.commit_and_end_transactions()


class StageTransport(driver.Transport):
    """Faust's transport with ``StageConsumer``."""

    Consumer = StageConsumer


class StageApp(faust.App):
    """Faust's app with ``StageTransport`` for reading."""

    logger = LOGGER

    def _new_transport(self) -> Any:
        return StageTransport(self.conf.broker_consumer, self)


class KafkaStage:
    """A Faust app that reads topics for an engine and produces its records."""

    def __init__(
        self, *, group: str, source: Sequence[str], kafka: KafkaSettings, engine: EngineSettings, datadir: str
    ) -> None:
        """``group`` and ``source`` (the topics) are full names, prefix included."""
        pause_between_metadata_retries()
        self._engine_settings = engine
        self._source = list(source)
        self._loop: StageLoop | None = None
        self.app: Any = StageApp(  # Any: Faust's type stubs lack what is used here
            group,
            datadir=datadir,
            broker=";".join(f"kafka://{server}" for server in bootstrap_servers(kafka)),
            broker_credentials=_credentials(kafka),
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            stream_buffer_maxsize=engine.buffer_articles,
            stream_wait_empty=True,
            worker_redirect_stdouts=False,
            broker_session_timeout=engine.session_timeout_s,
            broker_heartbeat_interval=min(3.0, engine.session_timeout_s / 3),
            broker_request_timeout=REQUEST_TIMEOUT_S,
            broker_rebalance_timeout=engine.rebalance_timeout_s,
            broker_max_poll_interval=MAX_POLL_S,
            broker_commit_interval=engine.commit_interval_s,
            consumer_auto_offset_reset="earliest",
            consumer_group_instance_id=engine.instance_id or None,
            consumer_max_fetch_size=FETCH_BYTES,
            producer_acks=-1,
            producer_linger=LINGER_MS / 1000,
            producer_max_batch_size=BATCH_BYTES,
            producer_max_request_size=LARGEST_REQUEST,
            producer_compression_type="zstd",
            producer_request_timeout=PRODUCE_TIMEOUT_S,
            agent_supervisor=mode.CrashingSupervisor,
        )

    def attach(self, loop: StageLoop, *, on_assigned: Callable[[Collection[Any]], Awaitable[None]]) -> None:
        """Connect the engine; ``on_assigned`` is awaited before ``resume``, also with an empty assignment."""
        self._loop = loop
        raw: dict[str, Any] = {
            "key_type": bytes,
            "value_type": bytes,
            "key_serializer": "raw",
            "value_serializer": "raw",
        }
        topic = self.app.topic(*self._source, **raw)

        async def stage(stream: Any) -> None:
            stream.enable_acks = False  # otherwise a record is acknowledged when the next one is requested
            await loop.run(_deliveries(stream))

        self.app.agent(topic, concurrency=1, name="stage")(stage)

        async def assigned(_app: Any, partitions: Collection[Any], **_more: Any) -> None:
            await on_assigned(partitions)
            loop.resume()

        self.app.on_partitions_assigned.connect(assigned, weak=False)
        self.app.consumer.drain = lambda: loop.drain(0.8 * self._engine_settings.rebalance_timeout_s)

    # For the engine (``delivery.StreamClient``).

    def owns(self, message: Any) -> bool:
        """Return whether the record was read in the present generation of the group."""
        return bool(message.generation_id == self.app.consumer_generation_id)

    def acknowledge(self, message: Any) -> None:
        """Allow the record's offset to be committed."""
        self.app.consumer.acknowledge(message)

    async def send(self, out: Outgoing) -> asyncio.Future[Any]:
        """Give a record to Faust's producer directly: Faust's channels would cost 60 µs a record."""
        future: asyncio.Future[Any] = await self.app.producer.send(
            out.topic,
            out.key,
            out.value,
            out.partition,
            None if out.timestamp_ms is None else out.timestamp_ms / 1000,
            list(out.headers),
        )
        return future

    def as_send_error(self, error: BaseException) -> SendError | None:
        """Convert an error of Kafka, bare or wrapped by Faust; None for any other."""
        cause = error.__cause__ if isinstance(error, ProducerSendError) and error.__cause__ else error
        if isinstance(cause, KafkaError):
            return SendError(error_text(cause), too_large=isinstance(cause, MessageSizeTooLargeError))
        return None

    # For the lag monitor (``lag.Assignment``).

    def assignment(self) -> set[tuple[str, int]]:
        """Return the assigned partitions, by topic and number."""
        return {(tp.topic, tp.partition) for tp in self.app.consumer.assignment()}

    def committed(self) -> dict[tuple[str, int], int]:
        """Return the committed offsets of the assigned partitions; those of a new group are left out."""
        known = {tp: self.app.consumer._committed_offset.get(tp) for tp in self.app.consumer.assignment()}
        return {(tp.topic, tp.partition): offset for tp, offset in known.items() if offset is not None}


async def _deliveries(stream: Any) -> AsyncIterator[Delivery]:
    async for event in stream.events():
        message = event.message
        record = Record(
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            key=message.key,
            value=message.value,
            headers=tuple(message.headers or ()),
            timestamp_ms=round((message.timestamp or 0) * 1000),
        )
        yield Delivery(record, message, time.monotonic())


def _credentials(kafka: KafkaSettings) -> Any:
    context = tls_context(kafka) if kafka.security_protocol.endswith("SSL") else None
    if kafka.security_protocol.startswith("SASL"):
        return faust.SASLCredentials(
            username=kafka.sasl_username,
            password=kafka.sasl_password.get_secret_value(),
            mechanism=kafka.sasl_mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context is not None else None


class Companion(mode.Service):
    """Runs coroutines from before the app's start until after its stop."""

    logger = LOGGER

    def __init__(self, *coroutines: Callable[[], Awaitable[None]], on_end: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self._coroutines = coroutines
        self._on_end = on_end

    async def on_start(self) -> None:
        """Start the coroutines."""
        for coroutine in self._coroutines:
            self.add_future(coroutine())

    async def on_stop(self) -> None:
        """Call ``on_end``: the app has stopped already."""
        await self._on_end()


class StageWorker(faust.Worker):
    """Faust's worker without its pause of a second at exit."""

    async def _sentinel_task(self) -> None:
        """Do nothing; the base class sleeps here."""


def new_worker(stage: KafkaStage, companion: Companion, loop: asyncio.AbstractEventLoop) -> Any:
    """Build the worker that installs the signal handlers and runs the app."""
    worker = StageWorker(stage.app, companion, loop=loop, quiet=True, override_logging=False, redirect_stdouts=False)
    worker.spinner = None
    return worker
