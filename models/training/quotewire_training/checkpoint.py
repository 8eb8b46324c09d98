"""The state of a training run, in one file that is replaced atomically."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from quotewire_training.batches import Stream
    from quotewire_training.encoder import Encoder


class Checkpoint:
    """Writes and reads the state of a run. The averaged weights are in the file too, under "averaged"."""

    def __init__(
        self,
        path: Path,
        model: Encoder,
        optimiser: torch.optim.Optimizer,
        learnt: Sequence[torch.Tensor],
        averaged: Sequence[torch.Tensor],
        streams: Sequence[Stream],
    ) -> None:
        self.path = path
        self._model, self._optimiser, self._streams = model, optimiser, streams
        self._learnt, self._averaged = learnt, averaged

    def write(self, step: int) -> None:
        """Write the state after `step` steps; a crash meanwhile leaves the previous file."""
        names = {id(parameter): name for name, parameter in self._model.named_parameters()}
        averaged = self._model.state_dict()
        for parameter, mean in zip(self._learnt, self._averaged, strict=True):
            averaged[names[id(parameter)]] = mean
        state = {
            "step": step,
            "model": self._model.state_dict(),
            "averaged": averaged,
            "optimiser": self._optimiser.state_dict(),
            "streams": [(stream.epoch, stream.position) for stream in self._streams],
            "random": torch.get_rng_state(),
        }
        partial = self.path.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.path)

    def read(self) -> int:
        """Restore the state and return the number of steps done; 0 where there is no file."""
        if not self.path.exists():
            return 0
        state = torch.load(self.path, map_location="cpu", weights_only=True)
        self._model.load_state_dict(state["model"])
        self._optimiser.load_state_dict(state["optimiser"])
        names = {id(parameter): name for name, parameter in self._model.named_parameters()}
        for parameter, mean in zip(self._learnt, self._averaged, strict=True):
            mean.copy_(state["averaged"][names[id(parameter)]])
        for stream, (epoch, position) in zip(self._streams, state["streams"], strict=True):
            stream.seek(epoch, position)
        torch.set_rng_state(state["random"])
        return int(state["step"])


def averaged_weights(path: Path) -> dict[str, torch.Tensor]:
    """Return the averaged weights of a checkpoint. Raises FileNotFoundError."""
    weights: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)["averaged"]
    return weights
