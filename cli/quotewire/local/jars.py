"""The jars of Apache Kafka: listed with hashes in kafka.lock.toml, downloaded once, verified at every start.

`python -m quotewire.local.jars` rewrites the lock file after KAFKA or LOG4J has changed. The library jgo resolves the
Maven coordinates and downloads; the registry is part of its own configuration, so none is named here.
"""

import hashlib
import shutil
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quotewire.local.errors import PartMissing

KAFKA = "4.1.1"  # the release that the services are tested on; docker-compose.yml runs the same
LOG4J = "2.24.3"  # the log4j of that Kafka, whose coordinate brings no SLF4J binding: without one it logs nothing
# The "!" stops the second from choosing versions for the first: jgo would use its parent POM as a list of versions.
COORDINATES = (f"org.apache.kafka:kafka_2.13:{KAFKA}", f"org.apache.logging.log4j:log4j-slf4j-impl:{LOG4J}!")
LOCK = Path(__file__).with_name("kafka.lock.toml")
MAX_DOWNLOADS = 8  # at a time; more gain nothing with 46 files of 0.9 MB on average

ReportDownload = Callable[[int, int], None]
"""Called with the bytes received and the bytes in total."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked jar: Maven group, artifact and version, SHA-256 in hex, size in bytes."""

    group: str
    artifact: str
    version: str
    sha256: str
    size: int

    @property
    def file_name(self) -> str:
        """The name of the jar in the cache."""
        return f"{self.artifact}-{self.version}.jar"


def locked() -> list[Jar]:
    """Return the jars of the lock file."""
    return [Jar(**row) for row in tomllib.loads(LOCK.read_text(encoding="utf8"))["jar"]]


def folder(cache: Path) -> Path:
    """The folder below `cache` for the jars of this Kafka."""
    return cache / f"kafka-{KAFKA}"


def missing(cache: Path) -> list[Jar]:
    """Return the locked jars that are not in the cache with the locked hash."""
    return [jar for jar in locked() if not _matches(folder(cache) / jar.file_name, jar)]


def ensure_jars(cache: Path, report: ReportDownload | None = None) -> Path:
    """Return the folder with all jars, downloading those that are missing; with none missing, no network is used.

    A jar is downloaded to a scratch folder and moved only after its SHA-256 has matched the lock file, so that an
    interrupted download leaves no partial jar. Raises PartMissing naming the jar that cannot be downloaded.
    """
    target = folder(cache)
    wanted = missing(cache)
    if not wanted:
        return target
    try:
        target.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".download-", dir=target))
    except OSError as error:
        raise PartMissing(
            f"cannot write to the cache folder {target}: {error.strerror}; set QUOTEWIRE_LOCAL__CACHE"
        ) from None
    try:
        _download(wanted, target, scratch, report or (lambda received, total: None))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _download(wanted: list[Jar], target: Path, scratch: Path, report: ReportDownload) -> None:
    try:
        from jgo.maven import MavenContext, PythonResolver
    except ImportError:
        raise PartMissing(
            "the library jgo, which downloads Kafka, is not installed: pip install 'quotewire[local]'"
        ) from None
    total, received, lock = sum(jar.size for jar in wanted), 0, threading.Lock()

    @contextmanager
    def count(_name: str, _size: int) -> Iterator[Callable[[int], None]]:
        def add(size: int) -> None:
            nonlocal received
            with lock:
                received += size
                report(received, total)

        yield add

    # The timeout is for one response, not for a whole file; slow mirrors need more than jgo's 10 s for the first byte.
    context = MavenContext(resolver=PythonResolver(progress_callback=count), repo_cache=scratch, timeout=30)

    def fetch(jar: Jar) -> None:
        try:
            downloaded = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
        except Exception as error:
            # jgo raises RuntimeError, requests its own exceptions: all of them mean that the jar was not downloaded.
            raise PartMissing(
                f"cannot download {jar.group}:{jar.artifact}:{jar.version} from the Maven registry"
                f" ({type(error).__name__}); check the network and run the command again"
            ) from error
        if not _matches(downloaded, jar):
            raise PartMissing(
                f"{jar.file_name} as downloaded does not have the SHA-256 of the lock file; run the command again"
            )
        downloaded.replace(target / jar.file_name)

    with ThreadPoolExecutor(MAX_DOWNLOADS, thread_name_prefix="jars") as pool:
        jobs = [pool.submit(fetch, jar) for jar in wanted]
        try:
            for job in jobs:
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _matches(path: Path, jar: Jar) -> bool:
    try:
        if path.stat().st_size != jar.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
    except OSError:
        return False


def write_lock() -> int:
    """Resolve COORDINATES, download every jar, write hashes and sizes to the lock file; return the number of jars."""
    import jgo

    artifacts: list[Any] = sorted(jgo.resolve("+".join(COORDINATES)), key=lambda a: (a.groupId, a.artifactId))
    lines = [f"# The jars of {' and '.join(COORDINATES)}.", "# Written by `python -m quotewire.local.jars`.", ""]
    for artifact in artifacts:
        content = artifact.resolve().read_bytes()
        lines += [
            "[[jar]]",
            f'group = "{artifact.groupId}"',
            f'artifact = "{artifact.artifactId}"',
            f'version = "{artifact.version}"',
            f'sha256 = "{hashlib.sha256(content).hexdigest()}"',
            f"size = {len(content)}",
            "",
        ]
    LOCK.write_text("\n".join(lines), encoding="utf8")
    return len(artifacts)


if __name__ == "__main__":
    print(f"{write_lock()} jars locked in {LOCK}", file=sys.stderr)
