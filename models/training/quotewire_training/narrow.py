"""Take the least useful neurons out of a run's layers; training then goes on and makes good for the loss.

    python -m quotewire_training.narrow --run RUN --inner 1152

Two thirds of the reading time are the two products around these neurons. A neuron's use is the variance that it
brings into its layer's output; what it brings on average goes over into the layer's bias. The optimiser's memory is
cut alike, so that the next step is an ordinary one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from quotewire_extract.tagger.windows import pack
from quotewire_training.batches import MULTIPLE, epoch
from quotewire_training.convert import data_file
from quotewire_training.dataset import load
from quotewire_training.encoder import Encoder
from quotewire_training.initialise import base_model
from quotewire_training.losses import halves_pay
from quotewire_training.settings import Build
from quotewire_training.shape import EncoderShape
from quotewire_training.train import optimiser_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    Weights = dict[str, torch.Tensor]

TRAINING = Path(__file__).resolve().parents[1]
GROUPS = 5
"""Groups of windows of each corpus, about 20,000 pieces, that are read to see what each neuron does."""


class Activity:
    """Mean and variance of what each neuron of one layer gives, over the pieces seen so far."""

    def __init__(self, inner: int) -> None:
        self._sum, self._squares, self._count = torch.zeros(inner), torch.zeros(inner), 0

    def see(self, given: torch.Tensor) -> None:
        """Take in what n pieces [n, inner] made the neurons give."""
        self._sum += given.sum(0)
        self._squares += (given * given).sum(0)
        self._count += len(given)

    @property
    def mean(self) -> torch.Tensor:
        """Mean [inner]."""
        return self._sum / self._count

    @property
    def variance(self) -> torch.Tensor:
        """Variance [inner]."""
        return self._squares / self._count - self.mean**2


def watched(model: Encoder, build: Build, run: Path) -> list[Activity]:
    """Read some of the training texts; returns what the neurons of every layer did."""
    seen = [Activity(len(layer.up.bias)) for layer in model.layers]
    present: list[torch.Tensor] = []

    def watch(activity: Activity) -> Any:
        return lambda _layer, given: activity.see(given[0].float()[present[-1]])

    hooks = [layer.down.register_forward_pre_hook(watch(a)) for layer, a in zip(model.layers, seen, strict=True)]
    model.eval()
    for corpus in build.corpora:
        groups = epoch(load(data_file(run, corpus)), f"{build.seed}:narrow", build.window, build.train.pieces)
        for group in groups[:GROUPS]:
            batch = pack([(example.pieces, window) for example, window in group], MULTIPLE)
            present.append(torch.tensor(batch.mask) == 1)
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=halves_pay(torch.device("cpu"))):
                model(*(torch.tensor(part) for part in (batch.ids, batch.features, batch.mask)))
    for hook in hooks:
        hook.remove()
    return seen


def choose(down: torch.Tensor, activity: Activity, inner: int) -> torch.Tensor:
    """Numbers, ascending, of the `inner` neurons that move their layer's output most; `down` is [width, neurons]."""
    moved = activity.variance * (down**2).sum(0)
    return moved.topk(inner).indices.sort().values


def cut(weights: Weights, kept: Sequence[torch.Tensor]) -> None:
    """Leave only the chosen neurons of each layer in `weights`, or in anything that is shaped like weights."""
    for number, chosen in enumerate(kept):
        for name, axis in (("up.weight", 0), ("up.bias", 0), ("down.weight", 1)):
            key = f"layers.{number}.{name}"
            if key in weights:
                weights[key] = weights[key].index_select(axis, chosen).contiguous()


def make_good(weights: Weights, kept: Sequence[torch.Tensor], seen: Sequence[Activity]) -> None:
    """Add what the neurons that go bring on average to the biases behind them. Before `cut`."""
    for number, (chosen, activity) in enumerate(zip(kept, seen, strict=True)):
        gone = torch.ones(len(activity.mean), dtype=torch.bool)
        gone[chosen] = False
        down = weights[f"layers.{number}.down.weight"]
        weights[f"layers.{number}.down.bias"] = (
            weights[f"layers.{number}.down.bias"] + down[:, gone] @ activity.mean[gone]
        )


def narrow(build: Build, run: Path, inner: int) -> None:
    """Change `run`/checkpoint.pt. Raises ValueError where its layers are that narrow already."""
    path = run / "checkpoint.pt"
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = Encoder(EncoderShape.of(state["averaged"], base_model()))
    model.load_state_dict(state["averaged"])
    if inner >= len(model.layers[0].up.bias):
        raise ValueError(f"{path}: its layers have {len(model.layers[0].up.bias)} neurons; {inner} would take none out")
    seen = watched(model, build, run)
    kept = [choose(layer.down.weight.detach(), a, inner) for layer, a in zip(model.layers, seen, strict=True)]
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    groups = optimiser_of(model, build.train).param_groups
    order = [names[id(parameter)] for group in groups for parameter in group["params"]]
    for weights in (state["model"], state["averaged"]):
        make_good(weights, kept, seen)
        cut(weights, kept)
    memory = state["optimiser"]["state"]
    for part in ("exp_avg", "exp_avg_sq"):
        moments = {order[number]: of_one[part] for number, of_one in memory.items()}
        cut(moments, kept)
        for number, of_one in memory.items():
            of_one[part] = moments[order[number]]
    torch.save(state, path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Narrow RUN/checkpoint.pt in place."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--run", type=Path, required=True, help="folder whose checkpoint is changed")
    parser.add_argument("--build", type=Path, default=TRAINING / "builds" / "en_wire.toml")
    parser.add_argument("--inner", type=int, required=True, help="neurons that stay in each layer")
    chosen = parser.parse_args(arguments)
    narrow(Build.read(chosen.build), chosen.run, chosen.inner)
    print(f"narrow: {chosen.inner} neurons a layer stay → {chosen.run / 'checkpoint.pt'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
