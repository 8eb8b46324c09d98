"""Fit the entity head again on the finished encoder: many cheap passes help rare types.

    python -m quotewire_training.refit --run RUN [--pieces 600000] [--passes 30]

The encoder runs over the training texts once and is not changed; only the head, one linear layer, is trained on its
states.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from quotewire_extract.tagger.windows import pack
from quotewire_training.batches import MULTIPLE, epoch
from quotewire_training.convert import data_file
from quotewire_training.dataset import load
from quotewire_training.encoder import Encoder
from quotewire_training.initialise import base_model
from quotewire_training.losses import bfloat16_is_faster
from quotewire_training.settings import Build
from quotewire_training.shape import EncoderShape
from quotewire_training.tags import ENTITY_TAGS, IGNORED

if TYPE_CHECKING:
    from collections.abc import Sequence

TRAINING = Path(__file__).resolve().parents[1]
BATCH, RATE, DECAY = 8192, 2e-3, 0.01
"""Pieces a step, first learning rate and weight decay: the problem is convex, so the rate only sets the speed."""


def states(build: Build, run: Path, encoder: Encoder, most: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return states [n, width] in bfloat16 and tags [n] of about `most` labelled pieces of the entity corpora."""
    examples = [e for corpus in build.corpora if not corpus.quoted for e in load(data_file(run, corpus))]
    groups = epoch(examples, f"{build.seed}:refit", build.window, build.train.pieces)
    seen, tags, count, begun = list[torch.Tensor](), list[torch.Tensor](), 0, time.monotonic()
    for number, group in enumerate(groups, 1):
        batch = pack([(example.pieces, window) for example, window in group], MULTIPLE)
        gold = np.full(batch.ids.shape, IGNORED, np.int64)
        for row, (example, (begin, end)) in enumerate(group):
            gold[row, 1 : end - begin + 1] = example.tags[begin:end]  # type: ignore[index]  # a named text has tags
        with (
            torch.no_grad(),
            torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16_is_faster(torch.device("cpu"))),
        ):
            found = encoder.states(*(torch.tensor(a) for a in (batch.ids, batch.features, batch.mask)))
        known = torch.tensor(gold) != IGNORED
        seen.append(found[known].to(torch.bfloat16))
        tags.append(torch.tensor(gold)[known])
        count += int(known.sum())
        if number % 20 == 0:
            left = (time.monotonic() - begun) / count * max(0, most - count)
            print(f"refit: read {count:,} pieces, about {left / 60:.0f} min left", flush=True)
        if count >= most:
            break
    return torch.cat(seen), torch.cat(tags)


def fit(head: torch.nn.Linear, seen: torch.Tensor, tags: torch.Tensor, passes: int, seed: int) -> float:
    """Train the head; return the mean loss of the last pass."""
    chooser = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=DECAY)
    mean = 0.0
    for number in range(passes):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - number / passes)
        losses = []
        for chosen in torch.randperm(len(seen), generator=chooser).split(BATCH):
            loss = F.cross_entropy(head(seen[chosen].float()), tags[chosen])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        mean = sum(losses) / len(losses)
    return mean


def main(arguments: Sequence[str] | None = None) -> int:
    """Replace the head in RUN/checkpoint.pt, which `export` reads; RUN/data has the converted corpora."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--run", type=Path, required=True, help="folder whose checkpoint is changed")
    parser.add_argument("--data", type=Path, help="run whose converted corpora are read (default: RUN)")
    parser.add_argument("--build", type=Path, default=TRAINING / "builds" / "en_wire.toml")
    parser.add_argument("--pieces", type=int, default=600_000, help="word pieces that are read")
    parser.add_argument("--passes", type=int, default=30, help="passes over them")
    chosen = parser.parse_args(arguments)
    build = Build.read(chosen.build)
    torch.manual_seed(build.seed)
    path = chosen.run / "checkpoint.pt"
    kept = torch.load(path, map_location="cpu", weights_only=True)
    encoder = Encoder(EncoderShape.of(kept["averaged"], base_model()))
    encoder.load_state_dict(kept["averaged"])
    encoder.eval()
    seen, tags = states(build, chosen.data or chosen.run, encoder, chosen.pieces)
    before = F.cross_entropy(encoder.ner(seen[:50_000].float()), tags[:50_000]).item()
    after = fit(encoder.ner, seen, tags, chosen.passes, build.seed)
    kept["averaged"] = encoder.state_dict()
    torch.save(kept, path)
    print(f"refit: loss {before:.4f} → {after:.4f} over {len(tags):,} pieces and {ENTITY_TAGS} tags")
    return 0


if __name__ == "__main__":
    sys.exit(main())
