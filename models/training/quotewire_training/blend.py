"""Blend a run's averaged weights with those of the reader that it went on from.

    python -m quotewire_training.blend --run RUN --from-onnx FOLDER --share 0.5 --out OTHER_RUN

Between two sets of weights on one course lies a flat valley: the middle is often better on the old data than both
ends, and keeps most of what the new data taught (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022).
The entity head is the run's alone where the older reader had other types.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from quotewire_training.checkpoint import averaged_weights
from quotewire_training.initialise import base_model, from_onnx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def blend(new: Mapping[str, torch.Tensor], old: Mapping[str, torch.Tensor], share: float) -> dict[str, torch.Tensor]:
    """Weights of which `share` (0 to 1) is new; the entity head is new altogether."""
    return {
        name: value if name.startswith("ner.") else torch.lerp(old[name].float(), value.float(), share)
        for name, value in new.items()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Write OTHER_RUN/checkpoint.pt, which `export` takes up; it cannot be trained on."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--from-onnx", type=Path, required=True, help="folder of the reader that it went on from")
    parser.add_argument("--share", type=float, default=0.5, help="share of the run's weights")
    parser.add_argument("--out", type=Path, required=True, help="folder of the blended run")
    chosen = parser.parse_args(arguments)
    older = from_onnx(chosen.from_onnx, base_model())
    new = averaged_weights(chosen.run / "checkpoint.pt")
    chosen.out.mkdir(parents=True, exist_ok=True)
    torch.save({"averaged": blend(new, older.state_dict(), chosen.share)}, chosen.out / "checkpoint.pt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
