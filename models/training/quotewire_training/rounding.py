"""Matrix products as the 8-bit graph will do them, so that training feels what quantising costs and learns around it.

Rounding has no slope; the gradient goes through it as if it were not there (Bengio et al. 2013; Jacob et al.,
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

_LEAST = 1e-9
"""Least size of a scale; a column or a window of zeros has none."""


class RoundingLinear(nn.Linear):  # type: ignore[misc,unused-ignore]  # torch is not where the types are checked
    """A linear layer over [window, piece, in] that multiplies rounded numbers while `rounded` is set."""

    rounded = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map [window, piece, in] to [window, piece, out]."""
        if not self.rounded:
            return super().forward(x)
        return F.linear(rounded_windows(x), rounded_columns(self.weight), self.bias)


def rounded_columns(weight: torch.Tensor) -> torch.Tensor:
    """Weights [out, in] to what their integers stand for: one scale for each output, none for the zero."""
    scale = (weight.detach().abs().amax(1) / WEIGHT_LIMIT).clamp(min=_LEAST)
    zero = torch.zeros_like(scale, dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight, scale, zero, 0, -WEIGHT_LIMIT, WEIGHT_LIMIT)


def rounded_rows(vectors: torch.Tensor) -> torch.Tensor:
    """Word vectors [word, width] to what their bytes in the graph stand for: one scale a word (see `export`)."""
    scale = (vectors.abs().amax(1, keepdim=True) / WORD_LIMIT).clamp(min=_LEAST)
    return torch.round(vectors / scale) * scale


def rounded_windows(x: torch.Tensor) -> torch.Tensor:
    """Activations [window, piece, in] to what their bytes stand for: a scale and a zero a window, as in the reader."""
    x = x.float()
    flat = x.detach().flatten(1)
    low, high = flat.amin(1).clamp(max=0), flat.amax(1).clamp(min=0)
    scale = ((high - low) / BYTE).clamp(min=_LEAST)
    zero = torch.round(-low / scale).to(torch.int32)
    return torch.fake_quantize_per_channel_affine(x, scale, zero, 0, 0, BYTE)


def set_rounding(model: nn.Module, rounded: bool) -> None:
    """Switch rounding on or off in all products of a model."""
    for module in model.modules():
        if isinstance(module, RoundingLinear):
            module.rounded = rounded
