import shutil
from pathlib import Path

import pytest

from quotewire.local import jars
from quotewire.local.errors import PartMissing
from quotewire.local.settings import CommandSettings


def test_the_lock_names_hashes_and_no_registry() -> None:
    locked = jars.locked()
    assert {"kafka_2.13", "kafka-clients", "log4j-slf4j-impl", "log4j-core"} <= {jar.artifact for jar in locked}
    assert {jar.version for jar in locked if jar.group == "org.apache.kafka"} == {jars.KAFKA}
    assert {jar.version for jar in locked if jar.group == "org.apache.logging.log4j"} == {jars.LOG4J}
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in locked)
    assert "://" not in jars.LOCK.read_text()


def test_a_full_cache_needs_no_network_and_a_damaged_jar_is_missing(tmp_path: Path) -> None:
    cache = CommandSettings().local.cache
    jars.ensure_jars(cache)  # downloads only where this is the first test on a new machine
    copy = tmp_path / "cache"
    shutil.copytree(jars.folder(cache), jars.folder(copy))

    def no_download(received: int, total: int) -> None:
        raise AssertionError("something was downloaded")

    assert jars.ensure_jars(copy, no_download) == jars.folder(copy)
    damaged = jars.locked()[0]
    path = jars.folder(copy) / damaged.file_name
    path.write_bytes(b"x" + path.read_bytes()[1:])
    assert jars.missing(copy) == [damaged]


def test_a_cache_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PartMissing, match=r"cannot write to the cache folder .*; set QUOTEWIRE_LOCAL__CACHE"):
        jars.ensure_jars(tmp_path / "file")
