"""All our clients use TLS with a real Kafka; a rejected certificate is reported in one line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.eventually import eventually
from kit.parts import fail_without_traceback
from kit.ports import LOOPBACK, free_port
from kit.probes import ProbeStage
from quotewire.local.kafka import LocalKafka
from quotewire.local.settings import command_settings
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.kafka.admin import apply_topics
from quotewire_runtime.kafka.client import missing_topics, new_consumer, new_producer
from quotewire_schemas.topics import Topics

pytestmark = pytest.mark.integration

COUNT = 50


class TlsKafka(LocalKafka):
    """A broker with a second listener that uses TLS and requires a client certificate."""

    tls_port: int
    certificates: Path

    @property
    def tls_address(self) -> str:
        return f"{LOOPBACK}:{self.tls_port}"

    def prepare(self) -> None:
        super().prepare()
        properties = self.data / "server.properties"
        plain = f"PLAINTEXT://{LOOPBACK}:{self.port}"
        text = properties.read_text("utf8").replace(plain, f"{plain},SSL://{self.tls_address}")
        text = text.replace("PLAINTEXT:PLAINTEXT,", "PLAINTEXT:PLAINTEXT,SSL:SSL,")
        text += "".join(
            f"ssl.{name}={value}\n"
            for name, value in {
                "keystore.type": "PEM",
                "keystore.location": self.certificates / "server-with-key.pem",
                "truststore.type": "PEM",
                "truststore.location": self.certificates / "authority.pem",
                "client.auth": "required",
            }.items()
        )
        properties.write_text(text, "utf8")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a certificate authority, a server certificate for the loopback address, and a client certificate."""
    folder = tmp_path_factory.mktemp("certificates")
    if not shutil.which("openssl"):
        pytest.fail("openssl is missing: install it (Debian: apt install openssl)", pytrace=False)

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "rsa:2048", "-nodes", "-days", "2")
    openssl("req", "-x509", *new, "-keyout", "authority.key", "-out", "authority.pem", "-subj", "/CN=test authority")
    openssl("req", "-x509", *new, "-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=another authority")
    for name, address in (("server", f"IP:{LOOPBACK}"), ("client", "DNS:client")):
        openssl(
            "req", "-x509", *new, "-CA", "authority.pem", "-CAkey", "authority.key", "-keyout", f"{name}.key",
            "-out", f"{name}.pem", "-subj", f"/CN={name}", "-addext", f"subjectAltName={address}",
            "-addext", "basicConstraints=critical,CA:FALSE",
        )  # fmt: skip
    (folder / "server-with-key.pem").write_text(
        (folder / "server.key").read_text() + (folder / "server.pem").read_text()
    )
    return folder


@pytest.fixture(scope="module")
def broker(certificates: Path, session_folder: Path) -> Iterator[TlsKafka]:
    with fail_without_traceback():
        broker = TlsKafka.below(session_folder / "tls", command_settings().local, port=free_port())
        broker.tls_port = free_port()
        broker.certificates = certificates
        broker.prepare()
        broker.start()
        broker.wait_ready()
    yield broker
    broker.stop_timeout_s = 0
    broker.stop()


@pytest.fixture
def settings(broker: TlsKafka, certificates: Path, topic_prefix: str) -> KafkaSettings:
    return KafkaSettings(
        bootstrap_servers=broker.tls_address,
        topic_prefix=topic_prefix,
        security_protocol="SSL",
        ssl_cafile=certificates / "authority.pem",
        ssl_certfile=certificates / "client.pem",
        ssl_keyfile=certificates / "client.key",
    )


def environment(settings: KafkaSettings) -> dict[str, str]:
    return {
        f"QUOTEWIRE_KAFKA__{name.upper()}": str(getattr(settings, name))
        for name in ("security_protocol", "ssl_cafile", "ssl_certfile", "ssl_keyfile")
    }


async def test_articles_pass_a_stage_over_tls(
    settings: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics = Topics(settings.topic_prefix)
    await apply_topics(settings)
    producer = new_producer(settings)
    await producer.start()
    for number in range(COUNT):
        await producer.send(topics.article, f"{number}".encode(), key=f"{number}".encode())
    await producer.stop()
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    stage = ProbeStage(settings.bootstrap_servers, settings.topic_prefix, tmp_path / "stage.log")
    stage.log.touch()
    process = stage.start()
    consumer = new_consumer(settings, topics.enriched, group_id=None)
    await consumer.start()
    found: set[bytes] = set()

    async def all_passed() -> bool:
        for batch in (await consumer.getmany(timeout_ms=200)).values():
            found.update(message.value for message in batch)
        return len(found) == COUNT

    await eventually(all_passed, within=90)
    await consumer.stop()
    assert stage.end()[0] == 0
    assert process.returncode == 0


@pytest.mark.parametrize("wrong", [{"ssl_cafile": "other.pem"}, {"ssl_certfile": None, "ssl_keyfile": None}])
async def test_a_rejected_certificate_is_named(
    settings: KafkaSettings, certificates: Path, wrong: dict[str, str | None]
) -> None:
    values = {name: value and certificates / value for name, value in wrong.items()}
    with pytest.raises(UnavailableError, match=r"does not answer at \S+, or refuses the certificate$"):
        await missing_topics(settings.model_copy(update=values), ["a"])


def test_the_command_reports_it_in_one_line(settings: KafkaSettings, certificates: Path) -> None:
    env = {**os.environ, **environment(settings.model_copy(update={"ssl_cafile": certificates / "other.pem"}))}
    env |= {"QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": settings.bootstrap_servers}
    done = subprocess.run(
        [sys.executable, "-m", "quotewire", "topics", "describe"], env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "refuses the certificate" in done.stderr
