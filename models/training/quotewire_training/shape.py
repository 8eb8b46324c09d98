"""The sizes of the encoder, from its base model's config.json."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sized
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """Sizes of a BERT encoder; `dropout` acts on the output of each half of a layer while training."""

    vocabulary: int
    positions: int
    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float = 1e-12
    dropout: float = 0.0

    @classmethod
    def read(cls, base: Path, *, dropout: float = 0.0) -> EncoderShape:
        """Read the sizes from `base`/config.json; raises KeyError when it describes no BERT."""
        config = json.loads((base / "config.json").read_text("utf-8"))
        return cls(
            vocabulary=config["vocab_size"],
            positions=config["max_position_embeddings"],
            width=config["hidden_size"],
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            inner=config["intermediate_size"],
            epsilon=config["layer_norm_eps"],
            dropout=dropout,
        )

    @classmethod
    def of(cls, weights: Mapping[str, Sized], base: Path, *, dropout: float = 0.0) -> EncoderShape:
        """Return the sizes of weights that were trained from `base`; their layers may be narrower (see `narrow`)."""
        return replace(cls.read(base, dropout=dropout), inner=len(weights["layers.0.up.bias"]))
