"""Which way of multiplying 8-bit numbers the reader asks for."""

from pathlib import Path

import pytest

from quotewire_extract.reader.network import sums_exactly


@pytest.mark.parametrize(
    ("told", "exact"),
    [
        ("flags\t\t: fpu sse4_2 avx2 avx512f avx512_vnni\n", True),
        ("flags\t\t: fpu sse4_2 avx2 avx_vnni\nbugs\t\t:\n", True),
        ("flags\t\t: fpu sse4_2 avx2\nmodel name\t: not avx_vnni at all\n", False),
        ("Features\t: asimd\n", False),
    ],
)
def test_vnni_is_known_by_the_flags(told: str, exact: bool, tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(told)
    assert sums_exactly(path) is exact


def test_a_machine_that_tells_nothing_takes_the_safe_way(tmp_path: Path) -> None:
    assert sums_exactly(tmp_path / "none") is False
