"""Plain aiokafka clients from the settings: for ingest's producer, administration, replay and tests."""

from __future__ import annotations

import asyncio
import functools
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiokafka
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError

from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import SettingsError, UnavailableError
from quotewire_schemas.topics import specs

LARGEST_REQUEST = max(spec.max_message_bytes for spec in specs()) + 2**16
"""Bytes: the largest topic limit, as a client checks it on the uncompressed record, and some frame."""
LINGER_MS = 5
"""Milliseconds a producer waits for more; adds itself to the latency in full."""
BATCH_BYTES = 2**18
"""Bytes of a producer's batch: 16 KiB, the default, holds three articles and triples the CPU per record."""
REQUEST_TIMEOUT_MS = 40_000
"""Milliseconds; must be at least the longest session timeout."""


def connection_arguments(settings: KafkaSettings) -> dict[str, Any]:
    """Build the arguments that every aiokafka client takes.

    Raises:
        SettingsError: a certificate or key cannot be read.
    """
    arguments: dict[str, Any] = {
        "bootstrap_servers": bootstrap_servers(settings),
        "security_protocol": settings.security_protocol,
    }
    if settings.security_protocol.endswith("SSL"):
        arguments["ssl_context"] = tls_context(settings)
    if settings.security_protocol.startswith("SASL"):
        arguments |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password.get_secret_value(),
        }
    return arguments


def bootstrap_servers(settings: KafkaSettings) -> list[str]:
    """Split the bootstrap servers."""
    return [server.strip() for server in settings.bootstrap_servers.split(",") if server.strip()]


def tls_context(settings: KafkaSettings) -> ssl.SSLContext:
    """Build the TLS context.

    Raises:
        SettingsError: a certificate or key cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=settings.ssl_cafile)
        if settings.ssl_certfile is not None:
            context.load_cert_chain(settings.ssl_certfile, settings.ssl_keyfile)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"QUOTEWIRE_KAFKA__SSL_…: cannot read certificates or key: {error}") from error
    return context


def new_producer(settings: KafkaSettings, **more: Any) -> aiokafka.AIOKafkaProducer:
    """Build an idempotent producer that waits for all replicas. Not started."""
    pause_between_metadata_retries()
    arguments: dict[str, Any] = {
        "acks": "all",
        "enable_idempotence": True,
        "linger_ms": LINGER_MS,
        "max_batch_size": BATCH_BYTES,
        "max_request_size": LARGEST_REQUEST,
        "compression_type": "zstd",
        "request_timeout_ms": REQUEST_TIMEOUT_MS,
    }
    return aiokafka.AIOKafkaProducer(**connection_arguments(settings), **(arguments | more))


def new_consumer(settings: KafkaSettings, *topics: str, **more: Any) -> aiokafka.AIOKafkaConsumer:
    """Build a consumer that commits nothing by itself and begins at the beginning. Not started."""
    pause_between_metadata_retries()
    arguments: dict[str, Any] = {
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "max_partition_fetch_bytes": LARGEST_REQUEST,
    }
    return aiokafka.AIOKafkaConsumer(*topics, **connection_arguments(settings), **(arguments | more))


@asynccontextmanager
async def admin_client(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect an administration client for the length of a block.

    Raises:
        AwayError: Kafka does not answer, or refuses us.
    """
    pause_between_metadata_retries()
    client = AIOKafkaAdminClient(**connection_arguments(settings), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await client.start()
    except (KafkaError, OSError) as error:
        await client.close()
        why = _refusal(settings) if isinstance(error, KafkaConnectionError) else f": {error_text(error)}"
        raise UnavailableError(f"Kafka does not answer at {settings.bootstrap_servers}{why}") from error
    try:
        yield client
    finally:
        await client.close()


async def missing_topics(settings: KafkaSettings, names: Sequence[str]) -> list[str]:
    """Ask Kafka which of these topics (full names) do not exist.

    Raises:
        AwayError: Kafka does not answer, or refuses us.
    """
    async with admin_client(settings) as client:
        try:
            existing = set(await client.list_topics())
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka does not list its topics: {error_text(error)}") from error
    return [name for name in names if name not in existing]


async def partitions_of(settings: KafkaSettings, topic: str) -> list[int]:
    """Ask Kafka for a topic's partitions (full name).

    Raises:
        AwayError: Kafka does not answer, or has no such topic.
    """
    async with admin_client(settings) as client:
        try:
            (described,) = await client.describe_topics([topic])
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka does not describe topic {topic}: {error_text(error)}") from error
    if described["error_code"]:
        raise UnavailableError(f"no topic {topic}: run `quotewire topics apply`")
    return sorted(one["partition"] for one in described["partitions"])


def _refusal(settings: KafkaSettings) -> str:
    """Name what may be wrong besides the address: the client says the same for a refused user as for a dead port."""
    if settings.security_protocol.startswith("SASL"):
        return f", or refuses user {settings.sasl_username} or the password ({settings.security_protocol})"
    return ", or refuses the certificate" if settings.security_protocol == "SSL" else ""


def error_text(error: BaseException) -> str:
    """Say in one line what a client's error says."""
    name = type(error).__name__
    text = " ".join(str(error).split()).removeprefix(name).lstrip(": ")
    return text or name


def pause_between_metadata_retries() -> None:
    """Make aiokafka wait between two failed requests for metadata.

    While the broker is away, a producer with pending records asks again without a pause: it burned 58 % of a core and
    wrote 5,300 log records a second. With the pause: 2 % and 20.
    """
    original: Callable[..., Awaitable[bool]] = AIOKafkaClient._metadata_update
    if getattr(original, "calm", False):
        return

    @functools.wraps(original)
    async def calm(self: Any, *args: Any, **kwargs: Any) -> bool:
        updated = await original(self, *args, **kwargs)
        if not updated:
            await asyncio.sleep(self._retry_backoff)
        return updated

    calm.calm = True  # type: ignore[attr-defined]
    AIOKafkaClient._metadata_update = calm
