"""Step 4: the averaged weights as an ONNX graph, made of the operators that onnxruntime runs fastest on one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from quotewire_training.tags import ENTITY_TAGS, QUOTE_COLUMNS, TABLE_WIDTH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from quotewire_training.shape import EncoderShape

    Weights = Mapping[str, npt.NDArray[np.float32]]

FUSED = "com.microsoft"
"""Domain of onnxruntime's own operators: MultiHeadAttention works block by block, and FastGelu (by tanh, which
differs from the exact function by less than the 8-bit rounding) takes three quarters of BiasGelu's time. Its fused
SkipLayerNormalization is not used: unlike plain LayerNormalization it is not vectorised; it took a sixth of the whole
time."""

OPSET, FUSED_OPSET, IR = 17, 1, 8
"""Versions that every onnxruntime from 1.17 on reads."""


def export(weights: Weights, shape: EncoderShape, path: Path) -> None:
    """Write the float graph: ids, feat in; ner, bio, tab out (see `encoder.Encoder`).

    There is no mask: the tagger runs it on one window at a time, without padding.
    """
    onnx.save(_Graph(weights, shape).model(), str(path))


class _Graph:
    """Collects the nodes and constants of the encoder's graph."""

    def __init__(self, weights: Weights, shape: EncoderShape) -> None:
        self._weights, self._shape = weights, shape
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def model(self) -> onnx.ModelProto:
        """Return the whole graph, checked."""
        x = self._embedded()
        for number in range(self._shape.layers):
            x = self._layer(f"layers.{number}", x)
        for head in ("ner", "bio", "tab"):
            raw = self._node("MatMul", [x, self._matrix(f"{head}.weight")])
            self._nodes.append(helper.make_node("Add", [raw, self._constant(f"{head}.bias")], [head], name=head))
        # The names of the dynamic sizes are those that the tagger uses: b windows of t pieces.
        inputs = [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["b", "t"]),
            helper.make_tensor_value_info("feat", TensorProto.INT64, ["b", "t", 3]),
        ]
        widths = {"ner": ENTITY_TAGS, "bio": QUOTE_COLUMNS, "tab": 4 * TABLE_WIDTH}
        outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["b", "t", w]) for n, w in widths.items()]
        graph = helper.make_graph(self._nodes, "reader", inputs, outputs, list(self._constants.values()))
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, FUSED_OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="quotewire")
        model.ir_version = IR
        onnx.checker.check_model(model)
        return model

    def _embedded(self) -> str:
        x = self._words()
        length = self._node("Gather", [self._node("Shape", ["ids"]), self._integers("one", 1)])
        end = self._node("Unsqueeze", [length, self._integers("axis0", [0])])
        places = self._node("Slice", [self._constant("pos.weight"), self._integers("zero", [0]), end])
        x = self._node("Add", [x, places])
        for number in range(3):
            column = self._node("Gather", ["feat", self._integers(f"column{number}", number)], axis=2)
            x = self._node("Add", [x, self._node("Gather", [self._constant(f"f{number}.weight"), column])])
        x = self._node("Add", [x, self._constant("typ")])
        inputs = [x, self._constant("norm.weight"), self._constant("norm.bias")]
        return self._node("LayerNormalization", inputs, epsilon=self._shape.epsilon)

    def _words(self) -> str:
        """The word vectors as bytes with one scale a word: half of the file, at no cost in speed.

        A single scale for the table, as quantisation tools choose it, would have to cover its largest outlier.
        """
        table = self._weights["word.weight"]
        scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-12).astype(np.float32) / 127
        self._put("word.bytes", np.rint(table / scale).astype(np.int8))
        self._put("word.scale", scale)
        raw = self._node("Cast", [self._node("Gather", ["word.bytes", "ids"])], to=TensorProto.FLOAT)
        return self._node("Mul", [raw, self._node("Gather", ["word.scale", "ids"])])

    def _layer(self, name: str, x: str) -> str:
        heads = [f"{name}.{part}" for part in ("query", "key", "value")]
        self._nodes.append(
            helper.make_node("Split", [self._linear(f"{name}.qkv", x)], heads, name=f"{name}.heads", axis=2)
        )
        attended = self._node("MultiHeadAttention", heads, domain=FUSED, num_heads=self._shape.heads)
        x = self._normalised(self._linear(f"{name}.o", attended), x, f"{name}.n1")
        raised = self._node("FastGelu", [self._linear(f"{name}.up", x)], domain=FUSED)
        return self._normalised(self._linear(f"{name}.down", raised), x, f"{name}.n2")

    def _linear(self, name: str, x: str) -> str:
        """Add a product and its bias next to each other: onnxruntime fuses the two once they are quantised."""
        raw = self._node("MatMul", [x, self._matrix(f"{name}.weight")])
        return self._node("Add", [raw, self._constant(f"{name}.bias")])

    def _normalised(self, change: str, x: str, norm: str) -> str:
        inputs = [self._node("Add", [change, x]), self._constant(f"{norm}.weight"), self._constant(f"{norm}.bias")]
        return self._node("LayerNormalization", inputs, epsilon=self._shape.epsilon)

    def _node(self, operator: str, inputs: list[str], domain: str = "", **attributes: Any) -> str:
        output = f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def _matrix(self, name: str) -> str:
        """A linear layer's weight as MatMul wants it: [in, out]."""
        return self._put(name, np.ascontiguousarray(self._weights[name].T))

    def _constant(self, name: str) -> str:
        return self._put(name, self._weights[name])

    def _integers(self, name: str, value: int | list[int]) -> str:
        return self._put(name, np.array(value, np.int64))

    def _put(self, name: str, value: npt.NDArray[Any]) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(value, name)
        return name
