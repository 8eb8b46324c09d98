"""Which way of multiplying quantised weights the network asks for."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import en_wire
from quotewire_extract.tagger.metadata import TaggerMetadata
from quotewire_extract.tagger.network import OUTPUTS, WEIGHTS, needs_wide_sums

FOLDER = Path(en_wire.__file__).parent / "pipeline" / "wire_reader"


@pytest.mark.parametrize(
    ("cpuinfo", "wide"),
    [
        ("flags\t\t: fpu sse4_2 avx2 avx512f avx512_vnni\n", False),
        ("flags\t\t: fpu sse4_2 avx2 avx_vnni\nbugs\t\t:\n", False),
        ("flags\t\t: fpu sse4_2 avx2\nmodel name\t: not avx_vnni at all\n", True),
        ("Features\t: asimd\n", True),
    ],
)
def test_eight_bits_need_wide_sums_without_vnni(cpuinfo: str, wide: bool, tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(cpuinfo)
    assert needs_wide_sums(8, path) is wide
    assert needs_wide_sums(7, path) is False


def test_without_information_the_sums_are_wide(tmp_path: Path) -> None:
    assert needs_wide_sums(8, tmp_path / "none") is True


def test_the_packaged_weights_give_the_same_both_ways() -> None:
    """Fails on a processor without VNNI when weights of 8 bits call themselves weights of 7."""
    assert TaggerMetadata.load(FOLDER).weight_bits == 7
    draw = np.random.default_rng(4)
    feed = {"ids": draw.integers(1000, 20_000, (1, 120)), "feat": draw.integers(0, 3, (1, 120, 3))}
    ways = []
    for precise in ("0", "1"):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.x64quantprecision", precise)
        session = onnxruntime.InferenceSession(str(FOLDER / WEIGHTS), options, providers=["CPUExecutionProvider"])
        ways.append(session.run(OUTPUTS, feed))
    for narrow, wide in zip(*ways, strict=True):
        np.testing.assert_allclose(narrow, wide, atol=1e-4)
