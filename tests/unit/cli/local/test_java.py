from pathlib import Path

import pytest

from quotewire.local.errors import PartMissing
from quotewire.local.java import MIN_JAVA, find_java


def test_a_java_is_found_and_a_wrong_one_rejected(tmp_path: Path) -> None:
    assert find_java().version >= MIN_JAVA
    with pytest.raises(PartMissing, match="is not a working java program"):
        find_java(tmp_path / "java")
    old = tmp_path / "jdk" / "bin" / "java"
    old.parent.mkdir(parents=True)
    old.touch()
    (tmp_path / "jdk" / "release").write_text('JAVA_VERSION="11.0.2"\n')
    with pytest.raises(PartMissing, match="is Java 11; Kafka needs 17 or newer"):
        find_java(old)
