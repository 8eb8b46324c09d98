"""Kafka's classes read, checked and linked once: with them a broker starts in half the time.

`python -m quotewire.local.class_cache` makes the file beside the jars. A broker of the same Java and the same jars maps
it (JEP 483); any other starts as ever.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from quotewire.local.jars import ensure_jars
from quotewire.local.java import Java, find_java
from quotewire.local.kafka import LocalKafka, class_cache
from quotewire.local.settings import command_settings
from quotewire_runtime.errors import QuotewireError

OLDEST = 25  # the Java that writes the file by itself when it ends (JEP 514)


def ensure_class_cache(jars: Path, java: Java, home: Path | None = None) -> bool:
    """Make the file where it is missing: a broker runs for that, which takes two cores some 6 seconds.

    `home` is what the broker is marked with. Tells whether there is a file: a Java that is too old makes none. Raises
    PartFailed where the broker does not start.
    """
    made = class_cache(jars, java)
    if made.exists() or java.version < OLDEST:
        return made.exists()
    with tempfile.TemporaryDirectory(prefix=".classes-", dir=jars.parent) as name:
        folder = Path(name)
        broker = _Recorded(folder / "kafka", home=home or folder, log=folder / "log", jars=jars, java=java)
        broker.patience = 180.0  # nobody waits for its answers
        broker.prepare()
        broker.start()
        try:
            broker.wait_ready()
        finally:
            broker.stop()
        if broker.written.exists():
            broker.written.replace(made)
    return made.exists()


class _Recorded(LocalKafka):
    """A broker that writes the file when it ends."""

    grace = 120.0  # 5 s where nothing else runs

    @property
    def written(self) -> Path:
        return self.data / "classes.aot"

    def command(self) -> Sequence[str | Path]:
        java, *words = super().command()
        return [java, f"-XX:AOTCacheOutput={self.written}", *words]


def main() -> int:
    """Make the file for this machine's Java, and say where it is."""
    settings = command_settings().local
    try:
        jars, java = ensure_jars(settings.cache), find_java(settings.java)
        made = ensure_class_cache(jars, java)
    except QuotewireError as error:
        print(f"quotewire: {error}", file=sys.stderr)
        return error.exit_code
    print(class_cache(jars, java) if made else f"Java {java.version} writes none; {OLDEST} and newer do")
    return 0


if __name__ == "__main__":
    sys.exit(main())
