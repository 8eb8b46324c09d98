"""The ahead-of-time cache of Kafka's classes: with it a broker starts in half the time.

`python -m quotewire.local.kafka_aot_cache` writes the file beside the jars. A broker of the same Java and the same jars
maps it (JEP 483); any other starts without it.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from quotewire.local.jars import ensure_jars
from quotewire.local.java import Java, find_java
from quotewire.local.kafka import LocalKafka, aot_cache_path
from quotewire.local.settings import command_settings
from quotewire_runtime.errors import QuotewireError

MIN_JAVA = 25  # the first Java that writes the file by itself when it exits (JEP 514)


def ensure_aot_cache(jars: Path, java: Java, home: Path | None = None) -> bool:
    """Write the file where it is missing, and return whether there is one: a Java that is too old writes none.

    A broker runs for it, which takes two cores about 6 seconds. Raises PartFailed where the broker does not start.

    Args:
        home: The home that the broker's process is to belong to.
    """
    cache = aot_cache_path(jars, java)
    if cache.exists() or java.version < MIN_JAVA:
        return cache.exists()
    with tempfile.TemporaryDirectory(prefix=".classes-", dir=jars.parent) as name:
        folder = Path(name)
        broker = _RecordingKafka(folder / "kafka", home=home or folder, log=folder / "log", jars=jars, java=java)
        broker.start_timeout_s = 180.0  # recording slows the start; nobody waits for this broker
        broker.prepare()
        broker.start()
        try:
            broker.wait_ready()
        finally:
            broker.stop()
        if broker.written.exists():
            broker.written.replace(cache)
    return cache.exists()


class _RecordingKafka(LocalKafka):
    """A broker that writes the file when it exits."""

    stop_timeout_s = 120.0  # 5 s on an idle machine

    @property
    def written(self) -> Path:
        return self.data / "classes.aot"

    def command(self) -> Sequence[str | Path]:
        java, *arguments = super().command()
        return [java, f"-XX:AOTCacheOutput={self.written}", *arguments]


def main() -> int:
    """Write the file for this machine's Java, and print where it is."""
    settings = command_settings().local
    try:
        jars, java = ensure_jars(settings.cache), find_java(settings.java)
        made = ensure_aot_cache(jars, java)
    except QuotewireError as error:
        print(f"quotewire: {error}", file=sys.stderr)
        return error.exit_code
    print(aot_cache_path(jars, java) if made else f"Java {java.version} writes none; {MIN_JAVA} and newer do")
    return 0


if __name__ == "__main__":
    sys.exit(main())
