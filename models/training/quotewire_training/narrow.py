"""Prune the least useful neurons of a run's layers; further training then repairs the loss.

    python -m quotewire_training.narrow --run RUN --inner 1152

Two thirds of the tagger's time are the two products around these neurons. A neuron's use is the variance that it
adds to its layer's output; the mean that it adds moves into the layer's bias. The optimiser's state is pruned in the
same way, so that training continues normally.
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
from quotewire_training.losses import bfloat16_is_faster
from quotewire_training.settings import Build
from quotewire_training.shape import EncoderShape
from quotewire_training.train import optimiser_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    Weights = dict[str, torch.Tensor]

TRAINING = Path(__file__).resolve().parents[1]
GROUPS = 5
"""Groups of windows of each corpus, about 20,000 pieces, on which the activity of the neurons is measured."""


class Activity:
    """Mean and variance of the activation of each neuron of one layer, over the pieces so far."""

    def __init__(self, inner: int) -> None:
        self._sum, self._squares, self._count = torch.zeros(inner), torch.zeros(inner), 0

    def add(self, given: torch.Tensor) -> None:
        """Add the activations of n pieces, [n, inner]."""
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


def measure_activity(model: Encoder, build: Build, run: Path) -> list[Activity]:
    """Run some of the training texts through the model; return the activity of the neurons of every layer."""
    seen = [Activity(len(layer.up.bias)) for layer in model.layers]
    present: list[torch.Tensor] = []

    def watch(activity: Activity) -> Any:
        return lambda _layer, given: activity.add(given[0].float()[present[-1]])

    hooks = [layer.down.register_forward_pre_hook(watch(a)) for layer, a in zip(model.layers, seen, strict=True)]
    model.eval()
    for corpus in build.corpora:
        groups = epoch(load(data_file(run, corpus)), f"{build.seed}:narrow", build.window, build.train.pieces)
        for group in groups[:GROUPS]:
            batch = pack([(example.pieces, window) for example, window in group], MULTIPLE)
            present.append(torch.tensor(batch.mask) == 1)
            with (
                torch.no_grad(),
                torch.autocast("cpu", dtype=torch.bfloat16, enabled=bfloat16_is_faster(torch.device("cpu"))),
            ):
                model(*(torch.tensor(part) for part in (batch.ids, batch.features, batch.mask)))
    for hook in hooks:
        hook.remove()
    return seen


def select_neurons(down: torch.Tensor, activity: Activity, inner: int) -> torch.Tensor:
    """Return the indices, ascending, of the `inner` neurons that change their layer's output most.

    `down` is [width, neurons].
    """
    moved = activity.variance * (down**2).sum(0)
    return moved.topk(inner).indices.sort().values


def prune(weights: Weights, kept: Sequence[torch.Tensor]) -> None:
    """Keep only the chosen neurons of each layer in `weights`, or in anything of the same shape."""
    for number, chosen in enumerate(kept):
        for name, axis in (("up.weight", 0), ("up.bias", 0), ("down.weight", 1)):
            key = f"layers.{number}.{name}"
            if key in weights:
                weights[key] = weights[key].index_select(axis, chosen).contiguous()


def fold_means_into_bias(weights: Weights, kept: Sequence[torch.Tensor], seen: Sequence[Activity]) -> None:
    """Add the mean output of the pruned neurons to the biases after them. Call it before `prune`."""
    for number, (chosen, activity) in enumerate(zip(kept, seen, strict=True)):
        pruned = torch.ones(len(activity.mean), dtype=torch.bool)
        pruned[chosen] = False
        down = weights[f"layers.{number}.down.weight"]
        weights[f"layers.{number}.down.bias"] = (
            weights[f"layers.{number}.down.bias"] + down[:, pruned] @ activity.mean[pruned]
        )


def narrow(build: Build, run: Path, inner: int) -> None:
    """Prune the layers of `run`/checkpoint.pt. Raises ValueError where they are that narrow already."""
    path = run / "checkpoint.pt"
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = Encoder(EncoderShape.of(state["averaged"], base_model()))
    model.load_state_dict(state["averaged"])
    if inner >= len(model.layers[0].up.bias):
        raise ValueError(f"{path}: its layers have {len(model.layers[0].up.bias)} neurons; {inner} would prune none")
    seen = measure_activity(model, build, run)
    kept = [select_neurons(layer.down.weight.detach(), a, inner) for layer, a in zip(model.layers, seen, strict=True)]
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    groups = optimiser_of(model, build.train).param_groups
    order = [names[id(parameter)] for group in groups for parameter in group["params"]]
    for weights in (state["model"], state["averaged"]):
        fold_means_into_bias(weights, kept, seen)
        prune(weights, kept)
    optimiser_state = state["optimiser"]["state"]
    for part in ("exp_avg", "exp_avg_sq"):
        moments = {order[number]: of_one[part] for number, of_one in optimiser_state.items()}
        prune(moments, kept)
        for number, of_one in optimiser_state.items():
            of_one[part] = moments[order[number]]
    torch.save(state, path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Narrow RUN/checkpoint.pt in place."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--run", type=Path, required=True, help="folder whose checkpoint is changed")
    parser.add_argument("--build", type=Path, default=TRAINING / "builds" / "en_wire.toml")
    parser.add_argument("--inner", type=int, required=True, help="neurons that remain in each layer")
    chosen = parser.parse_args(arguments)
    narrow(Build.read(chosen.build), chosen.run, chosen.inner)
    print(f"narrow: {chosen.inner} neurons a layer remain → {chosen.run / 'checkpoint.pt'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
