"""The stream of a home, put together: Kafka, PostgreSQL, topics, tables, the three services."""

import asyncio
import importlib
import importlib.util
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager

from quotewire.local.errors import PartFailed
from quotewire.local.home import Home, State
from quotewire.local.jars import ensure_jars
from quotewire.local.java import find_java
from quotewire.local.kafka import LocalKafka
from quotewire.local.part import Part
from quotewire.local.ports import free_port, is_free
from quotewire.local.postgres import LocalPostgres, find_postgres
from quotewire.local.service import Service, ServiceSpec
from quotewire.local.settings import CommandSettings
from quotewire_runtime.config.settings import ServiceSettings, load
from quotewire_runtime.errors import QuotewireError

AWAY = 3  # exit code of errors that say that an outside part is away
AWAY_PATIENCE = 60.0  # seconds to wait for a Kafka or PostgreSQL of the operator's: a restart of theirs takes less

SETTINGS = ("quotewire_ingest.settings", "quotewire_extract.settings", "quotewire_store.settings")
"""The modules that hold the settings of the services, each as `Settings`."""

Tell = Callable[[str, str], None]
"""Called with the name of a part and what it does now, in words for people."""


def our_services(home: Home) -> list[ServiceSpec]:
    """The three services, with what they keep below the home."""
    return [
        ServiceSpec("ingest", "quotewire_ingest", {"QUOTEWIRE_ARCHIVE__FOLDER": str(home.archive)}),
        ServiceSpec("extract", "quotewire_extract", {}),
        ServiceSpec("store", "quotewire_store", {}),
    ]


def check_settings() -> None:
    """Read the environment as each installed service will. Raises SettingsError before anything has started."""
    for module in SETTINGS:
        if importlib.util.find_spec(module.partition(".")[0]) is not None:
            load(importlib.import_module(module).Settings)


class Stream:
    """Starts and stops the parts. `start` and `stop` block; `abandon` makes a `start` under way give up."""

    def __init__(
        self, home: Home, settings: CommandSettings, services: Sequence[ServiceSpec], before: State, tell: Tell
    ) -> None:
        self.parts: list[Part] = []
        self.services: list[Service] = []
        self.kafka = settings.kafka.bootstrap_servers
        self.postgres = settings.postgres.dsn.get_secret_value() if settings.postgres.dsn else None
        self.took: dict[str, float] = {}
        self._home, self._settings, self._specs, self._tell = home, settings, services, tell
        self._ports = dict(before.ports)
        self._abandoned = False

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
                self.abandon()  # without the one, the other is of no use
        for error in failed:
            raise error
        self._go_on()
        with self._timed("services"):
            self._start_services()

    def abandon(self) -> None:
        """Make a `start` that runs in another thread fail at its next step."""
        self._abandoned = True

    def stop(self) -> None:
        """Stop the services, all at once, then Kafka and PostgreSQL; each has its own `grace`."""
        for group in (list(self.services), list(self.parts)):
            for part in group:
                self._tell(part.name, "stopping")
            if group:
                with ThreadPoolExecutor(len(group), thread_name_prefix="stop") as pool:
                    list(pool.map(lambda part: part.stop(), group))

    def _start_kafka(self) -> None:
        if self.kafka is None:
            local = self._settings.local
            with self._timed("kafka"):
                java = find_java(local.java)
                jars = ensure_jars(local.cache, self._downloading)
                broker = LocalKafka(
                    self._home.root / "kafka",
                    home=self._home.root,
                    log=self._home.logs / "kafka.log",
                    jars=jars,
                    java=java,
                    heap_mib=local.kafka_heap_mib,
                    port=self._ports.get("kafka"),
                )
                self._bring_up(broker)
                self.kafka = broker.address
        with self._timed("topics"):
            self._tell("topics", "applying")
            self._patiently("topics", apply_topics, self.kafka)
            self._tell("topics", "ready")

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
                self._bring_up(server)
                server.create_database()
                self.postgres = server.dsn
        with self._timed("tables"):
            self._tell("tables", "migrating")
            self._patiently("tables", apply_migrations, self.postgres)
            self._tell("tables", "ready")

    def _patiently(self, name: str, step: Callable[[str], None], address: str) -> None:
        """Take a step that needs an outside part, waiting for that part for AWAY_PATIENCE seconds."""
        end_at = time.monotonic() + AWAY_PATIENCE
        while True:
            self._go_on()
            try:
                return step(address)
            except QuotewireError as error:
                if error.exit_code != AWAY or time.monotonic() > end_at:
                    raise
                self._tell(name, f"waiting: {error}")
            time.sleep(0.5)

    def _bring_up(self, part: Part) -> None:
        self._tell(part.name, "preparing")
        part.prepare()
        self._go_on()
        self.parts.append(part)
        part.start()
        self._tell(part.name, "starting")
        self._wait(part)
        self._tell(part.name, "ready")

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
            self._tell(spec.name, "starting")
        for service in self.services:
            self._wait(service)
            self._tell(service.name, "ready")

    def _wait(self, part: Part) -> None:
        end_at = time.monotonic() + part.patience
        while not part.is_ready():
            self._go_on()
            if isinstance(part, Service):
                self._tell(part.name, part.doing)
            if (code := part.exit_code()) is not None:
                raise PartFailed(f"{part.name} ended with {code}{part.last_words()}")
            if time.monotonic() > end_at:
                doing = f" ({part.doing})" if isinstance(part, Service) else ""
                raise PartFailed(f"{part.name} is not ready after {part.patience:.0f} s{doing}{part.last_words()}")
            time.sleep(0.03)

    def _downloading(self, had: int, of: int) -> None:
        self._go_on()
        self._tell("kafka", f"downloading Kafka, {had / 1e6:.0f} of {of / 1e6:.0f} MB")

    def _go_on(self) -> None:
        if self._abandoned:
            raise PartFailed("stopped before everything was ready")

    @contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.took[step] = round(time.monotonic() - began, 2)


def apply_topics(bootstrap_servers: str) -> None:
    """Create the topics that are missing. Raises QuotewireError when Kafka is away or refuses one."""
    from quotewire_runtime.kafka.admin import apply

    settings = load(ServiceSettings).kafka
    asyncio.run(apply(settings.model_copy(update={"bootstrap_servers": bootstrap_servers})))


def apply_migrations(dsn: str) -> None:
    """Apply the migrations of every installed service."""
    from quotewire_runtime.postgres.migrations import migrate_now

    for package, schema in {"quotewire_ingest.migrations": "ingest", "quotewire_store.migrations": "news"}.items():
        if importlib.util.find_spec(package) is not None:
            migrate_now(dsn, package, schema=schema)
