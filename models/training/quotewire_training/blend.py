"""Average the weights of several runs and taggers that started from the same weights.

    python -m quotewire_training.blend --out OTHER_RUN RUN=0.4 RUN=0.4 FOLDER=0.2

The mean of weights that were fine-tuned from one start is often better than each of them, on the old data as on the new
(Wortsman et al., "Model soups", ICML 2022, and "Robust fine-tuning of zero-shot models", CVPR 2022). A part is a run
(its averaged weights) or the folder of a tagger.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import torch

from quotewire_training.checkpoint import averaged_weights
from quotewire_training.initialise import base_model, from_onnx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Weights: TypeAlias = "Mapping[str, torch.Tensor]"


def blend(parts: Sequence[tuple[Weights, float]]) -> dict[str, torch.Tensor]:
    """Return the mean of the parts' weights, by their shares (which sum to 1).

    Raises ValueError where the shares or the shapes do not fit: weights of other widths or entity types do not blend.
    """
    if not math.isclose(total := sum(share for _, share in parts), 1.0):
        raise ValueError(f"the shares sum to {total:g}, not to 1")
    first = parts[0][0]
    for name, value in first.items():
        for other, _ in parts[1:]:
            if other[name].shape != value.shape:
                raise ValueError(f"{name}: {tuple(other[name].shape)} does not blend with {tuple(value.shape)}")
    return {name: sum((share * part[name].float() for part, share in parts), torch.zeros(())) for name in first}


def weights_of(folder: Path) -> Weights:
    """Return the averaged weights of a run, or the weights of a tagger, by their names in the encoder."""
    if (folder / "checkpoint.pt").exists():
        return averaged_weights(folder / "checkpoint.pt")
    weights: Weights = from_onnx(folder, base_model()).state_dict()
    return weights


def blend_runs(shares: Mapping[Path, float], run: Path) -> None:
    """Write `run`/checkpoint.pt from runs and taggers: `export` reads it, training cannot continue from it.

    Raises FileNotFoundError where there is none, ValueError where they do not fit.
    """
    blended = blend([(weights_of(folder), share) for folder, share in shares.items()])
    run.mkdir(parents=True, exist_ok=True)
    torch.save({"averaged": blended}, run / "checkpoint.pt")
    print(f"blend: {', '.join(f'{share:g} of {folder}' for folder, share in shares.items())} → {run}/checkpoint.pt")


def _part(word: str) -> tuple[Path, float]:
    folder, equals, share = word.rpartition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{word}: write FOLDER=SHARE")
    return Path(folder), float(share)


def main(arguments: Sequence[str] | None = None) -> int:
    """Blend the parts that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("parts", type=_part, nargs="+", metavar="FOLDER=SHARE", help="a run or a tagger, and its share")
    parser.add_argument("--out", type=Path, required=True, help="folder of the blended run")
    chosen = parser.parse_args(arguments)
    try:
        blend_runs(dict(chosen.parts), chosen.out)
    except (OSError, ValueError) as error:
        print(f"blend: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
