"""Apache Kafka on this machine: one node in KRaft mode on free ports of the loopback interface."""

import base64
import hashlib
import os
import signal
import socket
import struct
import subprocess
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from quotewire.local.errors import PartFailed
from quotewire.local.jars import ensure_jars
from quotewire.local.java import Java, find_java
from quotewire.local.part import Part
from quotewire.local.ports import LOOPBACK, accepts, free_port, is_free
from quotewire.local.settings import LocalParts

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller_port}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
# One node: nothing can be replicated, and no group need wait for more members.
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# The default of 50 partitions each would be 100 open folders for a few groups.
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
# The cleaner's default of 128 MiB is a third of the heap; only the offsets topics are compacted here.
log.cleaner.dedupe.buffer.size=8388608
"""

_LOG4J = """\
Configuration:
  status: error
  Appenders:
    Console:
      name: stdout
      PatternLayout:
        pattern: "%d{ISO8601} %p %m (%c{1})%n"
  Loggers:
    Root:
      level: warn
      AppenderRef:
        ref: stdout
    Logger:
      - name: kafka.server.KafkaRaftServer
        level: info
"""


def aot_cache_path(jars: Path, java: Java) -> Path:
    """Where `kafka_aot_cache.py` puts the cache of a broker's classes; the name depends on jars and Java."""
    release = java.path.resolve().parent.parent / "release"
    build = release.read_bytes() if release.exists() else str(java.path).encode()
    return jars.with_name(f"{jars.name}-{hashlib.sha256(build).hexdigest()[:8]}.aot")


class LocalKafka(Part):
    """One broker whose state is below `data`. Its ports are kept from one start to the next while they are free."""

    stop_timeout_s = 20.0  # a controlled shutdown takes 1 to 3 s here
    stop_signal = signal.SIGTERM

    def __init__(
        self, data: Path, *, home: Path, log: Path, jars: Path, java: Java, heap_mib: int = 512, port: int | None = None
    ) -> None:
        super().__init__("kafka", home, log)
        self.data, self.jars, self.java, self.heap_mib = data, jars, java, heap_mib
        self.port = port if port is not None and is_free(port) else free_port()
        self._controller_port = free_port([self.port])
        self._properties = data / "server.properties"

    @classmethod
    def below(cls, folder: Path, settings: LocalParts, port: int | None = None) -> Self:
        """Create one whose data and log are below `folder`, with the jars and the Java that the settings name.

        Downloads the jars that are missing. Raises PartMissing where they or Java cannot be found.
        """
        jars, java = ensure_jars(settings.cache), find_java(settings.java)
        return cls(folder / "kafka", home=folder, log=folder / "kafka.log", jars=jars, java=java, port=port)

    @property
    def address(self) -> str:
        """The bootstrap address, host:port."""
        return f"{LOOPBACK}:{self.port}"

    def prepare(self) -> None:
        """Write the configuration and format the storage, once. Blocks about a second the first time."""
        self.data.mkdir(parents=True, exist_ok=True)
        (self.data / "log4j2.yaml").write_text(_LOG4J, encoding="utf8")
        self._properties.write_text(
            _PROPERTIES.format(
                host=LOOPBACK,
                port=self.port,
                controller_port=self._controller_port,
                data=_escaped(str(self.data / "logs")),
            ),
            encoding="utf8",
        )
        if (self.data / "logs" / "meta.properties").exists():
            return
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = [*self._java("-Xmx256m"), "kafka.tools.StorageTool", "format"]
        command += [f"--cluster-id={cluster}", "-c", str(self._properties)]
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment(), check=False)  # noqa: S603
        if done.returncode:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
            raise PartFailed(f"kafka cannot format its storage in {self.data}: {lines[-1][:300]}")

    def command(self) -> Sequence[str | Path]:
        """The broker's command line."""
        return [*self._java(f"-Xmx{self.heap_mib}m", "-Xms64m"), "kafka.Kafka", str(self._properties)]

    def environment(self) -> dict[str, str]:
        """The environment, without the variables that change the options of the virtual machine.

        The locale decides how Java decodes file names: UTF-8, whatever the terminal uses.
        """
        inherited = {
            name: value for name, value in os.environ.items() if name not in ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")
        }
        return {**inherited, "LC_ALL": "C.UTF-8"}

    def is_ready(self) -> bool:
        """Whether the broker answers and has a group coordinator.

        An open port is not enough: the first group after a fresh start would get "coordinator not available".
        """
        return accepts(self.port) and _coordinator_found(self.port)

    def _java(self, *heap: str) -> list[str]:
        # The serial collector and the first compiler tier start fastest and use the least memory; a broker on one
        # machine moves a few MB/s at most, and files are not copied by Java code.
        # Since Java 24 the virtual machine warns of what the libraries do, and would fill the log with it.
        classes = aot_cache_path(self.jars, self.java)
        no_warnings = ["--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]
        return [
            str(self.java.path),
            *heap,
            *(no_warnings if self.java.version >= 24 else []),
            *([f"-XX:AOTCache={classes}"] if classes.exists() else []),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xlog:disable",
            f"-Dlog4j2.configurationFile={self.data / 'log4j2.yaml'}",
            "-cp",
            f"{self.jars}/*",
        ]


def _escaped(value: str) -> str:
    """Escape a value for a Java properties file: the file is Latin-1, other characters are UTF-16 escapes."""
    units = struct.unpack(f">{len(value.encode('utf-16-be')) // 2}H", value.encode("utf-16-be"))
    return "".join(chr(unit) if 32 <= unit < 127 and unit != 92 else f"\\u{unit:04x}" for unit in units)


def _coordinator_found(port: int) -> bool:
    """Whether the broker returns a group coordinator (FindCoordinator, version 0 of the Kafka protocol).

    Request: size int32; api key int16 (10), version int16, correlation id int32, client id string; group string.
    Response: size int32; correlation id int32, error code int16, node id int32, host string, port int32.
    """
    client, group = b"quotewire", b"quotewire-ready"
    body = struct.pack(">hhih", 10, 0, 1, len(client)) + client + struct.pack(">h", len(group)) + group
    try:
        with socket.create_connection((LOOPBACK, port), timeout=0.3) as connection:
            connection.settimeout(2)  # the first request makes the broker create its offsets topic
            connection.sendall(struct.pack(">i", len(body)) + body)
            answer = connection.makefile("rb").read(10)
    except OSError:
        return False
    return len(answer) == 10 and bool(struct.unpack(">iih", answer)[2] == 0)
