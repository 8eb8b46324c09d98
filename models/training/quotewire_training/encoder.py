"""The tagger's network: a BERT encoder with mark, case and space features and three linear heads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import nn

from quotewire_training.rounding import RoundingLinear
from quotewire_training.tags import ENTITY_TAGS, QUOTE_COLUMNS, TABLE_WIDTH

if TYPE_CHECKING:
    from quotewire_training.shape import EncoderShape


class Layer(nn.Module):  # type: ignore[misc,unused-ignore]  # torch is not where the types are checked
    """One transformer block, normalised after each half as BERT is."""

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.dropout = shape.dropout
        self.qkv, self.o = RoundingLinear(width, 3 * width), RoundingLinear(width, width)
        self.up, self.down = RoundingLinear(width, shape.inner), RoundingLinear(shape.inner, width)
        self.n1, self.n2 = nn.LayerNorm(width, shape.epsilon), nn.LayerNorm(width, shape.epsilon)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Map states [batch, piece, width] to states; `mask` is what attention adds to its scores."""
        batch, length, width = x.shape
        parts = self.qkv(x).view(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(parts[0], parts[1], parts[2], attn_mask=mask.to(parts.dtype))
        mixed = self.o(mixed.transpose(1, 2).reshape(batch, length, width))
        x = self.n1(x + F.dropout(mixed, self.dropout, self.training))
        lifted = self.down(F.gelu(self.up(x), approximate="tanh"))
        return self.n2(x + F.dropout(lifted, self.dropout, self.training))


class Encoder(nn.Module):  # type: ignore[misc,unused-ignore]
    """Word pieces and their features in, logits of the three heads out.

    The heads: `ner` [piece, ENTITY_TAGS], `bio` [piece, QUOTE_COLUMNS], `tab` [piece, 4 · TABLE_WIDTH], which holds the
    query and key of the content table, then of the source table. `rel` and `pb` are the tables' biases by distance in
    pieces and in paragraphs.
    """

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        width = shape.width
        self.word, self.pos = nn.Embedding(shape.vocabulary, width), nn.Embedding(shape.positions, width)
        self.typ = nn.Parameter(torch.zeros(width))
        self.f0, self.f1, self.f2 = nn.Embedding(3, width), nn.Embedding(6, width), nn.Embedding(3, width)
        self.norm, self.drop = nn.LayerNorm(width, shape.epsilon), nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.ner = RoundingLinear(width, ENTITY_TAGS)
        self.bio = RoundingLinear(width, QUOTE_COLUMNS)
        self.tab = RoundingLinear(width, 4 * TABLE_WIDTH)
        self.rel, self.pb = nn.Parameter(torch.zeros(2, 17)), nn.Parameter(torch.zeros(2, 5))
        for feature in (self.f0, self.f1, self.f2):
            nn.init.normal_(feature.weight, 0, 0.02)

    def states(self, ids: torch.Tensor, feat: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """States of the last layer; ids and mask are [batch, piece], feat [batch, piece, 3]."""
        place = torch.arange(ids.shape[1], device=ids.device)
        x = self.word(ids) + self.pos(place)[None] + self.typ
        x = x + self.f0(feat[..., 0]) + self.f1(feat[..., 1]) + self.f2(feat[..., 2])
        x = self.drop(self.norm(x))
        # -10,000 underflows to no attention in bfloat16 as well as in float32.
        shut = (1.0 - mask[:, None, None, :].to(torch.float32)) * -10000.0
        shut = shut.expand(-1, -1, ids.shape[1], -1)
        for layer in self.layers:
            x = layer(x, shut)
        return self.drop(x)

    def forward(self, ids: torch.Tensor, feat: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Logits of the entity, quotation and table heads."""
        x = self.states(ids, feat, mask)
        return self.ner(x), self.bio(x), self.tab(x)
