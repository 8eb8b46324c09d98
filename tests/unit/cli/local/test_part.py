import sys
from pathlib import Path

import pytest

from quotewire.local.errors import PartFailed
from quotewire.local.part import Part, truncate_log


class Brief(Part):
    """A part that ends at once, with a message."""

    message = ""

    def command(self) -> list[str | Path]:
        return [sys.executable, "-c", f"import sys; sys.exit({self.message!r})"]

    def is_ready(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (
            "quotewire: QUOTEWIRE_HTTP__PORT: not a number",
            "brief ended with 1: QUOTEWIRE_HTTP__PORT: not a number; log: ",
        ),
        (
            "java.lang.RuntimeException: no storage\n\tat kafka.Kafka.main(Kafka.scala) [kafka.jar:?]\n\t... 3 more",
            "brief ended with 1; its last line: 'java.lang.RuntimeException: no storage'; log: ",
        ),
        ("KeyError: 7", "brief ended with 1; its last line: 'KeyError: 7'; log: "),
    ],
)
def test_a_part_that_ended_is_reported_with_its_last_line(output: str, message: str, tmp_path: Path) -> None:
    part = Brief("brief", tmp_path, tmp_path / "brief.log")
    part.message = output
    part.start()
    with pytest.raises(PartFailed) as error:
        part.wait_ready()
    assert str(error.value) == f"{message}{tmp_path / 'brief.log'}"


def test_a_long_log_is_truncated_and_its_end_kept(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    log.write_text("".join(f"line {n}\n" for n in range(1000)))
    assert not truncate_log(log, limit=1_000_000)
    with log.open("ab") as writer:
        assert truncate_log(log, limit=1000)
        writer.write(b"after\n")
        writer.flush()
    assert log.read_text() == "after\n"
    assert (tmp_path / "kafka.log.1").read_text().endswith("line 999\n")
