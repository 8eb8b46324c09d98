"""Settings reach all clients: those of aiokafka and Faust's."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from pydantic import SecretStr

from quotewire_runtime.config.settings import EngineSettings, KafkaSettings
from quotewire_runtime.errors import SettingsError
from quotewire_runtime.kafka import client
from quotewire_runtime.kafka.faust_app import KafkaStage


def secured(**more: Any) -> KafkaSettings:
    values: dict[str, Any] = {
        "bootstrap_servers": "a:1, b:2",
        "security_protocol": "SASL_SSL",
        "sasl_username": "wire",
        "sasl_password": SecretStr("hunter2"),
    }
    return KafkaSettings(**(values | more))


@pytest.fixture
def own_loop() -> Iterator[None]:
    """Set an event loop: Faust needs one when an app is made."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
    asyncio.set_event_loop(None)


def test_plain_clients() -> None:
    arguments = client.connection_arguments(secured())
    assert isinstance(arguments.pop("ssl_context"), ssl.SSLContext)
    assert arguments == {
        "bootstrap_servers": ["a:1", "b:2"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "wire",
        "sasl_plain_password": "hunter2",
    }
    assert client.connection_arguments(KafkaSettings()) == {
        "bootstrap_servers": ["localhost:9092"],
        "security_protocol": "PLAINTEXT",
    }


@pytest.mark.parametrize(
    ("settings", "protocol", "mechanism", "tls"),
    [
        (secured(), "SASL_SSL", "SCRAM-SHA-512", True),
        (secured(security_protocol="SASL_PLAINTEXT", sasl_mechanism="PLAIN"), "SASL_PLAINTEXT", "PLAIN", False),
        (KafkaSettings(security_protocol="SSL"), "SSL", None, True),
    ],
)
def test_faust_clients(
    own_loop: None, settings: KafkaSettings, protocol: str, mechanism: str | None, tls: bool
) -> None:
    from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

    stage = KafkaStage(group="g", source=["t"], kafka=settings, engine=EngineSettings(), datadir="/nowhere")
    auth = credentials_to_aiokafka_auth(stage.app.conf.broker_credentials, None)
    assert (auth["security_protocol"], auth.get("sasl_mechanism")) == (protocol, mechanism)
    assert (auth.get("ssl_context") is not None) is tls
    if mechanism:
        assert (auth["sasl_plain_username"], auth["sasl_plain_password"]) == ("wire", "hunter2")
    assert [str(url) for url in stage.app.conf.broker] == [
        f"kafka://{server}" for server in client.bootstrap_servers(settings)
    ]


def test_an_unreadable_certificate_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read certificates or key"):
        client.tls_context(secured(ssl_cafile=tmp_path / "none.pem"))


def test_settings_that_do_not_lose_records(own_loop: None) -> None:
    settings = EngineSettings(instance_id="one", buffer_articles=7)
    conf = KafkaStage(group="g", source=["t"], kafka=KafkaSettings(), engine=settings, datadir="/nowhere").app.conf
    assert conf.agent_supervisor.__name__ == "CrashingSupervisor"
    assert (conf.consumer_group_instance_id, conf.stream_buffer_maxsize) == ("one", 7)
    assert (conf.topic_allow_declare, conf.web_enabled, conf.consumer_auto_offset_reset) == (False, False, "earliest")
    assert conf.producer_acks == -1


async def test_a_failed_metadata_request_is_followed_by_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(self: object, *arguments: object) -> bool:
        return False

    monkeypatch.setattr(AIOKafkaClient, "_metadata_update", fails)
    client.pause_between_metadata_retries()
    client.pause_between_metadata_retries()  # a second call must not wrap it twice
    patched: Any = AIOKafkaClient._metadata_update
    assert patched.__wrapped__ is fails

    class Client:
        _retry_backoff = 0.05

    began = asyncio.get_running_loop().time()
    assert await patched(Client()) is False
    assert 0.04 < asyncio.get_running_loop().time() - began < 1
