"""Plain aiokafka clients built from the settings, and questions about topics. Stages read through Faust instead."""

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
"""Bytes: the largest limit of a topic, which a client checks on the uncompressed record, and 64 KiB for its frame."""
LINGER_MS = 5
"""Milliseconds a producer waits for more records; the whole of it adds to the latency."""
BATCH_BYTES = 2**18
"""Bytes of a producer's batch: the default of 16 KiB holds three articles and triples the CPU time per record."""
REQUEST_TIMEOUT_MS = 40_000
"""Milliseconds; must not be below the longest session timeout."""


def connection_arguments(settings: KafkaSettings) -> dict[str, Any]:
    """Build the connection arguments of every aiokafka client.

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
    """Return the bootstrap servers as a list of ``host:port``."""
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
    """Build an idempotent producer that waits for all replicas; the caller starts it."""
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
    """Build a consumer that reads from the beginning and never commits automatically; the caller starts it."""
    pause_between_metadata_retries()
    arguments: dict[str, Any] = {
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "max_partition_fetch_bytes": LARGEST_REQUEST,
    }
    return aiokafka.AIOKafkaConsumer(*topics, **connection_arguments(settings), **(arguments | more))


@asynccontextmanager
async def admin_client(settings: KafkaSettings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Connect an admin client for a ``with`` block.

    Raises:
        UnavailableError: Kafka does not answer or rejects the login.
    """
    pause_between_metadata_retries()
    client = AIOKafkaAdminClient(**connection_arguments(settings), request_timeout_ms=REQUEST_TIMEOUT_MS)
    try:
        await client.start()
    except (KafkaError, OSError) as error:
        await client.close()
        why = _login_hint(settings) if isinstance(error, KafkaConnectionError) else f": {error_text(error)}"
        raise UnavailableError(f"Kafka does not answer at {settings.bootstrap_servers}{why}") from error
    try:
        yield client
    finally:
        await client.close()


async def missing_topics(settings: KafkaSettings, names: Sequence[str]) -> list[str]:
    """Return the topics, given by their full names, that do not exist.

    Raises:
        UnavailableError: Kafka does not answer or rejects the login.
    """
    async with admin_client(settings) as client:
        try:
            existing = set(await client.list_topics())
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka does not list its topics: {error_text(error)}") from error
    return [name for name in names if name not in existing]


async def partitions_of(settings: KafkaSettings, topic: str) -> list[int]:
    """Return the partitions of a topic, given by its full name.

    Raises:
        UnavailableError: Kafka does not answer or has no such topic.
    """
    async with admin_client(settings) as client:
        try:
            (described,) = await client.describe_topics([topic])
        except (KafkaError, OSError) as error:
            raise UnavailableError(f"Kafka does not describe topic {topic}: {error_text(error)}") from error
    if described["error_code"]:
        raise UnavailableError(f"no topic {topic}: run `quotewire topics apply`")
    return sorted(one["partition"] for one in described["partitions"])


def _login_hint(settings: KafkaSettings) -> str:
    """Return what else may be wrong: the client raises the same error for a rejected login as for a closed port."""
    if settings.security_protocol.startswith("SASL"):
        return f", or refuses user {settings.sasl_username} or the password ({settings.security_protocol})"
    return ", or refuses the certificate" if settings.security_protocol == "SSL" else ""


def error_text(error: BaseException) -> str:
    """Return a client's error as one line, without the name of its class if it has a text."""
    name = type(error).__name__
    text = " ".join(str(error).split()).removeprefix(name).lstrip(": ")
    return text or name


def pause_between_metadata_retries() -> None:
    """Patch aiokafka to wait between two failed requests for metadata.

    While no broker is available, a producer with pending records repeats the request without a pause: it used 58 % of a
    core and wrote 5,300 log records a second. With the pause it is 2 % and 20.
    """
    original: Callable[..., Awaitable[bool]] = AIOKafkaClient._metadata_update
    if getattr(original, "pauses", False):
        return

    @functools.wraps(original)
    async def update_and_pause(self: Any, *args: Any, **kwargs: Any) -> bool:
        updated = await original(self, *args, **kwargs)
        if not updated:
            await asyncio.sleep(self._retry_backoff)
        return updated

    update_and_pause.pauses = True  # type: ignore[attr-defined]
    AIOKafkaClient._metadata_update = update_and_pause
