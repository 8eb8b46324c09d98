"""Matrix products as the quantised graph will compute them, so that training adapts to the rounding.

Rounding has no gradient; the gradient passes through it unchanged (Bengio et al. 2013; Jacob et al.,
"Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", CVPR 2018).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

WEIGHT_LIMIT = 64
"""Weights become integers from -64 to 64, as `quantise` writes them: seven bits, because processors without VNNI add
two products of a byte and a weight in 16 bits, and 2 · 255 · 64 still fits there."""
WORD_LIMIT = 127
"""Word vectors become integers from -127 to 127."""
BYTE = 255
"""Activations become bytes from their smallest to their largest value in the window."""

_MIN_SCALE = 1e-9
"""Smallest scale: a column or a window of zeros would give none."""


class RoundingLinear(nn.Linear):  # type: ignore[misc,unused-ignore]  # torch is not where the types are checked
    """A linear layer over [window, piece, in] that multiplies rounded numbers while `rounded` is true."""

    rounded = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map [window, piece, in] to [window, piece, out]."""
        if not self.rounded:
            return super().forward(x)
        return F.linear(rounded_windows(x), rounded_columns(self.weight), self.bias)


def rounded_columns(weight: torch.Tensor) -> torch.Tensor:
    """Round weights [out, in] to the values of their integers: one scale for each output, zero point 0."""
    scale = (weight.detach().abs().amax(1) / WEIGHT_LIMIT).clamp(min=_MIN_SCALE)
    zero = torch.zeros_like(scale, dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scale, zero, 0, -WEIGHT_LIMIT, WEIGHT_LIMIT)


def rounded_rows(vectors: torch.Tensor) -> torch.Tensor:
    """Round word vectors [word, width] to the values of their bytes in the graph: one scale a word (see `export`)."""
    scale = (vectors.abs().amax(1, keepdim=True) / WORD_LIMIT).clamp(min=_MIN_SCALE)
    return torch.round(vectors / scale) * scale


def rounded_windows(x: torch.Tensor) -> torch.Tensor:
    """Round activations [window, piece, in] to their bytes' values: scale and zero point per window, as the tagger."""
    x = x.float()
    flat = x.detach().flatten(1)
    low, high = flat.amin(1).clamp(max=0), flat.amax(1).clamp(min=0)
    scale = ((high - low) / BYTE).clamp(min=_MIN_SCALE)
    zero = torch.round(-low / scale).to(torch.int32)
    return torch.fake_quantize_per_channel_affine(x, scale, zero, 0, 0, BYTE)


def set_rounding(model: nn.Module, rounded: bool) -> None:
    """Switch rounding on or off in all products of a model."""
    for module in model.modules():
        if isinstance(module, RoundingLinear):
            module.rounded = rounded
