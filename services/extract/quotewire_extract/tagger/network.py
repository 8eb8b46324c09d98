"""Run the encoder on onnxruntime: one window of word pieces in, its scores out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import onnxruntime

from quotewire_extract.tagger.metadata import TaggerMetadata, UnfitModelError
from quotewire_extract.tagger.pieces import Pieces
from quotewire_extract.tagger.windows import Window, pack

Floats: TypeAlias = npt.NDArray[np.float32]

WEIGHTS = "model.int8.onnx"
INPUTS = ["ids", "feat"]
OUTPUTS = ["ner", "bio", "tab"]
SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""Optimisations of the graph that onnxruntime must not make: the fused operator adds and normalises without vector
instructions, which makes the whole tagger slower by a seventh."""
ROLES = 12
"""Columns of ``bio``: outside, begin, inside for cue, content and source each; core; plain content; plain source."""


@dataclass(frozen=True, slots=True)
class WindowScores:
    """The network's scores of the n pieces of one window (log-odds and logits, float32).

    Args:
        tags: [n, 1 + 2 × labels] of the entities.
        roles: [n, 12], the columns of ``ROLES``.
        tables: [n, 4k] query and key for content, query and key for source.
    """

    tags: Floats
    roles: Floats
    tables: Floats


class Network:
    """A loaded network. Not thread-safe."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the weights; ``threads`` is the number of processor threads for one window.

        Raises UnfitModelError where the files are missing, damaged or of another shape.
        """
        self.metadata = TaggerMetadata.load(folder)
        path = folder / WEIGHTS
        try:
            self._session = open_session(path, threads, self.metadata.weight_bits)
        except Exception as error:  # onnxruntime raises a dozen classes of its own; all mean that the file is unusable
            raise UnfitModelError(f"{path}: {str(error).splitlines()[0]}") from error
        inputs = [node.name for node in self._session.get_inputs()]
        outputs = {node.name: node.shape[-1] for node in self._session.get_outputs()}
        widths = dict(
            zip(OUTPUTS, (1 + 2 * len(self.metadata.labels), ROLES, 4 * self.metadata.table_width), strict=True)
        )
        self._masked = inputs == [*INPUTS, "mask"]  # models before 1.1 ask which pieces are padding: none is
        if (inputs != INPUTS and not self._masked) or outputs != widths:
            raise UnfitModelError(f"{path}: it takes {inputs} and gives {outputs}; {INPUTS} and {widths} were expected")

    def score(self, pieces: Pieces, window: Window) -> WindowScores:
        """Score one window.

        Never several at once: activations are quantised by the largest value in the batch, so a window's result would
        depend on the others; and a batch of eight is slower on one thread (it exceeds the cache).
        """
        batch = pack([(pieces, window)])
        feed = {"ids": batch.ids, "feat": batch.features} | ({"mask": batch.mask} if self._masked else {})
        tags, roles, tables = self._session.run(OUTPUTS, feed)
        inside = slice(1, 1 + window[1] - window[0])  # without [CLS] and [SEP]
        return WindowScores(tags[0, inside], roles[0, inside], tables[0, inside])


SAFE_BITS = 7
"""Bits of weights whose products with bytes can be added in pairs within 16 bits: 2 · 255 · 64 < 2¹⁵."""


def needs_wide_sums(weight_bits: int, cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether sums of products of bytes and such weights could overflow on this processor.

    They can for 8 bits without VNNI: onnxruntime then adds pairs of products in 16 bits unless told otherwise. Wider
    sums take a quarter more time there, and 1.7 times the time on a processor with VNNI. True where ``cpuinfo`` says
    nothing.
    """
    if weight_bits <= SAFE_BITS:
        return False
    try:
        flags = re.search(r"^flags\s*:(.*)$", cpuinfo.read_text("utf-8"), re.MULTILINE)
    except OSError:
        return True
    return flags is None or {"avx512_vnni", "avx_vnni"}.isdisjoint(flags[1].split())


def open_session(path: Path, threads: int = 1, weight_bits: int = 8) -> onnxruntime.InferenceSession:
    """Load the graph in a file. Raises what onnxruntime raises."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The arena keeps the largest activations ever seen; windows have one size, so it saves nothing.
    options.enable_cpu_mem_arena = False
    if needs_wide_sums(weight_bits):
        options.add_session_config_entry("session.x64quantprecision", "1")
    options.log_severity_level = 3  # errors only: its warnings are about fusions that we cannot change
    return onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOW_FUSIONS
    )
