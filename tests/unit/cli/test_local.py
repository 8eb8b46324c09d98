"""The small pieces of local mode: ports, jars, Java, logs, progress."""

import io
import shutil
import socket
from pathlib import Path

import pytest

from quotewire.local import jars
from quotewire.local.errors import LocalError, PartMissing
from quotewire.local.home import Home
from quotewire.local.java import MIN_JAVA, find_java
from quotewire.local.kafka import _escaped
from quotewire.local.part import truncate_log
from quotewire.local.ports import MAX_PORT, MIN_PORT, free_ports, is_free
from quotewire.local.settings import CommandSettings, default_cache
from quotewire.local.state import PartState, StreamState
from quotewire.progress import PlainProgress


def test_ports_are_free_different_and_below_the_ephemeral_range() -> None:
    ports = free_ports(50)
    assert len(set(ports)) == 50
    assert all(MIN_PORT <= port <= MAX_PORT < 32768 for port in ports)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ports[0]))
        taken.listen()
        assert not is_free(ports[0])
    assert is_free(ports[0])


def test_a_path_is_escaped_for_a_java_properties_file() -> None:
    assert _escaped("/home/Käse 🗞/a\\b") == "/home/K\\u00e4se \\ud83d\\uddde/a\\u005cb"


def test_a_home_with_a_comma_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="comma"):
        Home(tmp_path / "a,b").create()


def test_the_lock_names_hashes_and_no_registry() -> None:
    locked = jars.locked()
    assert {"kafka_2.13", "kafka-clients", "log4j-slf4j-impl", "log4j-core"} <= {jar.artifact for jar in locked}
    assert {jar.version for jar in locked if jar.group == "org.apache.kafka"} == {jars.KAFKA}
    assert {jar.version for jar in locked if jar.group == "org.apache.logging.log4j"} == {jars.LOG4J}
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in locked)
    assert "://" not in jars.LOCK.read_text()


def test_a_full_cache_asks_nobody_and_a_spoilt_jar_is_missing(tmp_path: Path) -> None:
    cache = CommandSettings().local.cache
    jars.ensure_jars(cache)  # no work unless this is the first test on a new machine
    copy = tmp_path / "cache"
    shutil.copytree(jars.folder(cache), jars.folder(copy))

    def nobody(had: int, of: int) -> None:
        raise AssertionError("something was downloaded")

    assert jars.ensure_jars(copy, nobody) == jars.folder(copy)
    spoilt = jars.locked()[0]
    path = jars.folder(copy) / spoilt.file_name
    path.write_bytes(b"x" + path.read_bytes()[1:])
    assert jars.missing(copy) == [spoilt]


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PartMissing, match=r"cannot write to the cache folder .*; set QUOTEWIRE_LOCAL__CACHE"):
        jars.ensure_jars(tmp_path / "file")


def test_the_cache_follows_the_xdg_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "quotewire"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_cache() == Path.home() / ".cache/quotewire"
    monkeypatch.setenv("QUOTEWIRE_LOCAL__CACHE", "/elsewhere")
    assert CommandSettings().local.cache == Path("/elsewhere")


def test_a_java_is_found_and_a_wrong_one_refused(tmp_path: Path) -> None:
    assert find_java().version >= MIN_JAVA
    with pytest.raises(PartMissing, match="is not a working java program"):
        find_java(tmp_path / "java")
    old = tmp_path / "jdk" / "bin" / "java"
    old.parent.mkdir(parents=True)
    old.touch()
    (tmp_path / "jdk" / "release").write_text('JAVA_VERSION="11.0.2"\n')
    with pytest.raises(PartMissing, match="is Java 11; Kafka needs 17 or newer"):
        find_java(old)


def test_a_long_log_is_cut_and_its_end_kept(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    log.write_text("".join(f"line {n}\n" for n in range(1000)))
    assert not truncate_log(log, limit=1_000_000)
    with log.open("ab") as writer:
        assert truncate_log(log, limit=1000)
        writer.write(b"after\n")
        writer.flush()
    assert log.read_text() == "after\n"
    assert (tmp_path / "kafka.log.1").read_text().endswith("line 999\n")


def test_plain_progress_prints_what_is_new_and_no_flood() -> None:
    out, now = io.StringIO(), [0.0]
    shown = PlainProgress(out, clock=lambda: now[0])
    for had in range(10):
        now[0] += 0.5
        shown.show(StreamState(parts=[PartState(name="kafka", doing=f"downloading Kafka, {had} of 44 MB")]))
    ready = StreamState(
        parts=[PartState(name="kafka", doing="ready")], services=[PartState(name="store", doing="ready", restarts=2)]
    )
    shown.show(ready)
    shown.show(ready)
    lines = out.getvalue().splitlines()
    assert [line for line in lines if "downloading" in line] == [
        "   0.5 s  kafka     downloading Kafka, 0 of 44 MB",
        "   2.5 s  kafka     downloading Kafka, 4 of 44 MB",
        "   4.5 s  kafka     downloading Kafka, 8 of 44 MB",
    ]
    assert lines[3:] == ["   5.0 s  kafka     ready", "   5.0 s  store     ready (restarts: 2)"]
