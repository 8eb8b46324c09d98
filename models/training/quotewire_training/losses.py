"""The losses of the heads: parts and links of quotations, tags of entities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from quotewire_extract.tagger.windows import Batch, distance_bucket, pack, paragraph_bucket
from quotewire_training.batches import MULTIPLE
from quotewire_training.tags import CORE_COLUMN, ENTITY_TAGS, FLAT_COLUMNS, IGNORED, QUOTE_PARTS, TABLE_WIDTH

if TYPE_CHECKING:
    import random

    from quotewire_training.batches import Group
    from quotewire_training.dataset import Example
    from quotewire_training.encoder import Encoder

MASK_PIECE = 103
"""[MASK] in BERT's vocabulary."""

# Weights of the parts against each other. A cell of a table is one of hundreds in its row and nearly always 0, so its
# mean loss is small; these weights bring the tables' loss near to the tags' loss. "Core" is the easiest task.
_CORE_WEIGHT, _TABLE_WEIGHTS = 0.2, (6.0, 10.0)


def quotation_loss(model: Encoder, group: Group, masked: float, rng: random.Random) -> torch.Tensor:
    """Return the loss of one group of quoted texts: tags of the parts, core decision and cue-anchored tables."""
    batch = _masked_batch(group, masked, rng)
    device = model.rel.device
    parts, core, table = _quotation_labels(group, batch)
    _, bio, tab = _forward(model, batch)
    loss = torch.zeros((), device=device)
    gold_parts = torch.tensor(parts, device=device)
    for column in range(len(QUOTE_PARTS)):
        logits = bio[..., 3 * column : 3 * column + 3].reshape(-1, 3)
        loss = loss + F.cross_entropy(logits, gold_parts[..., column].reshape(-1), ignore_index=IGNORED)
    gold_core = torch.tensor(core, device=device)
    known = gold_core >= 0
    if known.any():
        logits = bio[..., CORE_COLUMN][known]
        loss = loss + _CORE_WEIGHT * F.binary_cross_entropy_with_logits(logits, gold_core[known].float())
    if len(table.rows):
        loss = loss + _table_loss(model, batch, table, bio, tab)
    return loss


def entity_loss(model: Encoder, group: Group, masked: float, rng: random.Random) -> torch.Tensor:
    """Return the loss of one group of texts with entities."""
    batch = _masked_batch(group, masked, rng)
    gold = np.full(batch.ids.shape, IGNORED, np.int64)
    for row, (example, (begin, end)) in enumerate(group):
        gold[row, 1 : end - begin + 1] = example.tags[begin:end]  # type: ignore[index]  # a named text has tags
    ner, _, _ = _forward(model, batch)
    return F.cross_entropy(
        ner.reshape(-1, ENTITY_TAGS), torch.tensor(gold, device=ner.device).reshape(-1), ignore_index=IGNORED
    )


def _masked_batch(group: Group, masked: float, rng: random.Random) -> Batch:
    batch = pack([(example.pieces, window) for example, window in group], MULTIPLE)
    if masked:
        draw = np.random.default_rng(rng.getrandbits(32)).random(batch.ids.shape) < masked
        hidden = draw & (batch.mask == 1) & (batch.ids > MASK_PIECE)
        batch.ids[hidden] = MASK_PIECE
    return batch


def _forward(model: Encoder, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    device = model.rel.device
    ids, features, mask = (torch.tensor(a, device=device) for a in (batch.ids, batch.features, batch.mask))
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=bfloat16_is_faster(device)):
        ner, bio, tab = model(ids, features, mask)
    return ner.float(), bio.float(), tab.float()


def bfloat16_is_faster(device: torch.device) -> bool:
    """Say whether bfloat16 is faster on a device: a processor without AVX-512 multiplies it 40 times slower."""
    return device.type != "cpu" or "AVX512" in torch.backends.cpu.get_cpu_capability()


class _Table:
    """The cues of a group: for each the row of the batch, the position of its anchor, and marks [2, cue, position]."""

    def __init__(self, rows: list[int], positions: list[int], marks: np.ndarray) -> None:
        self.rows, self.positions, self.marks = rows, positions, marks


def _quotation_labels(group: Group, batch: Batch) -> tuple[np.ndarray, np.ndarray, _Table]:
    parts = np.full((*batch.ids.shape, len(QUOTE_PARTS)), IGNORED, np.int64)
    core = np.full(batch.ids.shape, IGNORED, np.int64)
    rows: list[int] = []
    positions: list[int] = []
    marks: list[np.ndarray] = []
    for row, (example, (begin, end)) in enumerate(group):
        parts[row, 1 : end - begin + 1] = example.parts[begin:end]  # type: ignore[index]  # a quoted text has parts
        core[row, 1 : end - begin + 1] = example.core[begin:end]  # type: ignore[index]
        for anchor, of_cue in _links(example, begin, end):
            rows.append(row)
            positions.append(anchor - begin + 1)
            mark = np.zeros((2, batch.ids.shape[1]), np.float32)
            mark[of_cue[:, 1], of_cue[:, 2] - begin + 1] = 1
            marks.append(mark)
    return parts, core, _Table(rows, positions, np.stack(marks, 1) if marks else np.zeros((2, 0, 0), np.float32))


def _links(example: Example, begin: int, end: int) -> list[tuple[int, np.ndarray]]:
    """Return the cues whose anchor is in the window, each with its links that are there too."""
    anchors, links = example.anchors, example.links
    if anchors is None or links is None:
        raise ValueError("a text without quotations came to the loss of quotations")
    inside = links[(links[:, 2] >= begin) & (links[:, 2] < end)]
    return [(int(a), inside[inside[:, 0] == a]) for a in anchors if begin <= a < end]


def _table_loss(model: Encoder, batch: Batch, table: _Table, bio: torch.Tensor, tab: torch.Tensor) -> torch.Tensor:
    device = bio.device
    rows, positions = torch.tensor(table.rows, device=device), torch.tensor(table.positions, device=device)
    length = batch.ids.shape[1]
    anchor = np.array(table.positions)
    distance = torch.tensor(distance_bucket(np.arange(length)[None] - anchor[:, None]), device=device)
    paragraphs = batch.paragraph[table.rows]
    step = paragraphs - paragraphs[np.arange(len(anchor)), anchor][:, None]
    paragraph = torch.tensor(paragraph_bucket(step), device=device)
    present = torch.tensor(batch.mask[table.rows], device=device).float()
    loss = torch.zeros((), device=device)
    for number, weight in enumerate(_TABLE_WEIGHTS):
        # Column 3 begins the tags of the content, column 6 those of the source.
        outside = 3 * (number + 1)
        flat = bio[..., FLAT_COLUMNS[number]]
        odds = torch.logsumexp(bio[..., outside + 1 : outside + 3], -1) - bio[..., outside] + flat
        query = tab[..., 2 * number * TABLE_WIDTH : (2 * number + 1) * TABLE_WIDTH][rows, positions]
        key = tab[..., (2 * number + 1) * TABLE_WIDTH : (2 * number + 2) * TABLE_WIDTH]
        score = torch.einsum("rk,rtk->rt", query, key[rows]) * TABLE_WIDTH**-0.5
        score = score + odds[rows] + model.rel[number][distance] + model.pb[number][paragraph]
        gold = torch.tensor(table.marks[number], device=device)
        cell = F.binary_cross_entropy_with_logits(score, gold, reduction="none")
        loss = loss + weight * (cell * present).sum() / present.sum()
    return loss
