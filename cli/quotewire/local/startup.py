"""Starts the parts of a stream in order: Kafka and PostgreSQL, topics and tables, then the services; and stops them."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager

from quotewire.local.errors import PartFailed
from quotewire.local.home import Home
from quotewire.local.jars import ensure_jars
from quotewire.local.java import find_java
from quotewire.local.kafka import LocalKafka
from quotewire.local.part import Part
from quotewire.local.ports import free_port, is_free
from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire.local.service import Service, ServiceSpec
from quotewire.local.settings import CommandSettings
from quotewire.local.state import StreamState
from quotewire.migrations import apply_migrations
from quotewire_runtime.config.settings import ServiceSettings, load
from quotewire_runtime.errors import QuotewireError, UnavailableError

UNAVAILABLE_TIMEOUT_S = 60.0  # wait for a Kafka or PostgreSQL of the operator's: longer than their restart takes
RETRY_INTERVAL_S = 0.5

ReportProgress = Callable[[str, str], None]
"""Called with the name of a part and what it does now, as text for people."""


class LocalStream:
    """Starts and stops the parts. `start` and `stop` block; `abort` makes a `start` in another thread fail."""

    def __init__(
        self,
        home: Home,
        settings: CommandSettings,
        services: Sequence[ServiceSpec],
        before: StreamState,
        report: ReportProgress,
    ) -> None:
        self.parts: list[Part] = []
        self.services: list[Service] = []
        self.kafka = settings.kafka.bootstrap_servers
        self.postgres = settings.postgres.dsn.get_secret_value() if settings.postgres.dsn else None
        self.took: dict[str, float] = {}
        self._home, self._settings, self._specs, self._report = home, settings, services, report
        self._ports = dict(before.ports)
        self._aborted = False

    def ports(self) -> dict[str, int]:
        """The port of every part, for the next start."""
        own = [part for part in self.parts if isinstance(part, LocalKafka | LocalPostgres)]
        return {**self._ports, **{part.name: part.port for part in (*own, *self.services)}}

    def start(self) -> None:
        """Start everything and return when all is ready. Raises LocalError, with whatever had started still running."""
        with ThreadPoolExecutor(2, thread_name_prefix="start") as pool:
            jobs = [pool.submit(self._start_kafka), pool.submit(self._start_postgres)]
            done, _ = wait(jobs, return_when=FIRST_EXCEPTION)
            failed = [error for job in done if (error := job.exception()) is not None]
            if failed:
                self.abort()  # one is of no use without the other
        for error in failed:
            raise error
        self._check_aborted()
        with self._timed("services"):
            self._start_services()

    def abort(self) -> None:
        """Make a `start` that runs in another thread fail at its next step."""
        self._aborted = True

    def stop(self) -> None:
        """Stop the services, all at once, then Kafka and PostgreSQL; each has its own `stop_timeout_s`."""
        for group in (list(self.services), list(self.parts)):
            for part in group:
                self._report(part.name, "stopping")
            if group:
                with ThreadPoolExecutor(len(group), thread_name_prefix="stop") as pool:
                    list(pool.map(lambda part: part.stop(), group))

    def _start_kafka(self) -> None:
        if self.kafka is None:
            local = self._settings.local
            with self._timed("kafka"):
                java = find_java(local.java)
                jars = ensure_jars(local.cache, self._report_download)
                broker = LocalKafka(
                    self._home.root / "kafka",
                    home=self._home.root,
                    log=self._home.logs / "kafka.log",
                    jars=jars,
                    java=java,
                    heap_mib=local.kafka_heap_mib,
                    port=self._ports.get("kafka"),
                )
                self._start_part(broker)
                self.kafka = broker.address
        with self._timed("topics"):
            self._report("topics", "applying")
            self._retry_until_available("topics", apply_topics, self.kafka)
            self._report("topics", "ready")

    def _start_postgres(self) -> None:
        if self.postgres is None:
            with self._timed("postgres"):
                server = LocalPostgres(
                    self._home.root / "postgres",
                    home=self._home.root,
                    log=self._home.logs / "postgres.log",
                    programs=find_postgres(),
                    port=self._ports.get("postgres"),
                )
                self._start_part(server)
                server.create_database()
                self.postgres = server.dsn
        with self._timed("tables"):
            self._report("tables", "migrating")
            self._retry_until_available("tables", apply_migrations, self.postgres)
            self._report("tables", "ready")

    def _retry_until_available(self, name: str, step: Callable[[str], object], address: str) -> None:
        """Take a step that needs Kafka or PostgreSQL; retry for UNAVAILABLE_TIMEOUT_S while that is unavailable."""
        deadline = time.monotonic() + UNAVAILABLE_TIMEOUT_S
        while True:
            self._check_aborted()
            try:
                step(address)
                return
            except QuotewireError as error:
                if error.exit_code != UnavailableError.exit_code or time.monotonic() > deadline:
                    raise
                self._report(name, f"waiting: {error}")
            time.sleep(RETRY_INTERVAL_S)

    def _start_part(self, part: Part) -> None:
        self._report(part.name, "preparing")
        part.prepare()
        self._check_aborted()
        self.parts.append(part)
        part.start()
        self._report(part.name, "starting")
        self._wait_ready(part)
        self._report(part.name, "ready")

    def _start_services(self) -> None:
        assert self.kafka is not None
        assert self.postgres is not None
        env = {"QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": self.kafka, "QUOTEWIRE_POSTGRES__DSN": self.postgres}
        taken = set(self.ports().values())
        for spec in self._specs:
            port = self._ports.get(spec.name)
            if port is None or not is_free(port):
                port = free_port(taken)
            taken.add(port)
            log = self._home.logs / f"{spec.name}.log"
            service = Service(spec, home=self._home.root, log=log, port=port, env=env)
            self.services.append(service)
            service.start()
            self._report(spec.name, "starting")
        for service in self.services:
            self._wait_ready(service)
            self._report(service.name, "ready")

    def _wait_ready(self, part: Part) -> None:
        deadline = time.monotonic() + part.start_timeout_s
        while not part.is_ready():
            self._check_aborted()
            doing = part.doing if isinstance(part, Service) else ""
            if doing:
                self._report(part.name, doing)
            part.check_start(deadline, doing)
            time.sleep(0.03)

    def _report_download(self, received: int, total: int) -> None:
        self._check_aborted()
        self._report("kafka", f"downloading Kafka, {received / 1e6:.0f} of {total / 1e6:.0f} MB")

    def _check_aborted(self) -> None:
        if self._aborted:
            raise PartFailed("stopped before everything was ready")

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.took[step] = round(time.monotonic() - began, 2)


def apply_topics(bootstrap_servers: str) -> None:
    """Create the topics that are missing. Raises QuotewireError when Kafka is unavailable or rejects one."""
    from quotewire_runtime.kafka.admin import apply_topics

    settings = load(ServiceSettings).kafka
    asyncio.run(apply_topics(settings.model_copy(update={"bootstrap_servers": bootstrap_servers})))
