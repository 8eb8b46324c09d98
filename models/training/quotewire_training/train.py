"""Step 2: train the encoder. It can stop and resume at any step; the same build and seed give the same weights."""

from __future__ import annotations

import random
import signal
import time
from typing import TYPE_CHECKING

import torch

from quotewire_training.batches import Stream
from quotewire_training.checkpoint import Checkpoint
from quotewire_training.convert import data_file
from quotewire_training.dataset import load
from quotewire_training.losses import entity_loss, quotation_loss
from quotewire_training.rounding import set_rounding
from quotewire_training.settings import BuildError

if TYPE_CHECKING:
    from pathlib import Path

    from quotewire_training.dataset import Example
    from quotewire_training.encoder import Encoder
    from quotewire_training.settings import Build, Schedule

_FRESH = ("ner.", "bio.", "tab.", "f0.", "f1.", "f2.")
_REPORT_EVERY = 20


def rate_share(schedule: Schedule, step: int) -> float:
    """Return the share of the learning rate at a step: rising, constant, then falling to a fiftieth."""
    begin = schedule.steps * (1 - schedule.cooldown)
    fall = 1 - (step - begin) / max(1.0, schedule.steps - begin)
    return min(1.0, (step + 1) / schedule.warmup) * min(1.0, max(0.02, fall))


def train(build: Build, model: Encoder, run: Path, data: Path | None = None) -> bool:
    """Train until the build's last step, from the run's checkpoint where there is one; say whether it got there.

    Writes a checkpoint every few minutes, at the end, and on SIGTERM or SIGINT, after which it returns. `data`: the run
    that holds the converted corpora, if it is another one.
    """
    schedule = build.train
    streams = _streams(build, data or run)
    torch.manual_seed(build.seed)
    # Otherwise several threads add up the gradients of embeddings in the order in which they finish.
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = (
        False  # it takes an eighth of the time and only finds errors that are not ours
    )
    optimiser = optimiser_of(model, schedule)
    learnt = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    averaged = [parameter.detach().clone() for parameter in learnt]
    checkpoint = Checkpoint(run / "checkpoint.pt", model, optimiser, learnt, averaged, streams)
    step = checkpoint.read()
    if step:
        print(f"train: resumes at step {step:,} of {schedule.steps:,}")
    stop = _stop_on_signals()
    model.train()
    progress = _Progress(schedule.steps, step)
    saved = time.monotonic()
    while step < schedule.steps and not stop:
        share = rate_share(schedule, step)
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * share
        set_rounding(model, step >= schedule.steps * schedule.rounded_from)
        rng = random.Random(f"{build.seed}:{step}")
        task = int(len(streams) > 1 and rng.random() < schedule.entity_share)
        chosen = next(streams[task])
        loss = (quotation_loss, entity_loss)[task](model, chosen, schedule.masked, rng)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        # The average must not contain the random weights of the first steps.
        decay = min(schedule.average, (step + 1) / (step + 10))
        torch._foreach_lerp_(averaged, [parameter.detach() for parameter in learnt], 1 - decay)
        step += 1
        progress.add(task, loss.item(), sum(end - begin for _, (begin, end) in chosen))
        if step % _REPORT_EVERY == 0:
            progress.show(step, [stream.epochs for stream in streams])
        if time.monotonic() - saved > schedule.save_every_s:
            checkpoint.write(step)
            saved = time.monotonic()
    checkpoint.write(step)
    finished = step >= schedule.steps
    print(f"train: {'finished' if finished else 'stopped'} at step {step:,} → {checkpoint.path}", flush=True)
    return finished


def _streams(build: Build, run: Path) -> list[Stream]:
    """Return the stream of quotations, then that of entities where the build has any."""
    streams = []
    for quoted in (True, False):
        examples: list[Example] = []
        for corpus in build.corpora:
            if corpus.quoted is quoted:
                examples += load(data_file(run, corpus)) * corpus.copies
        if examples:
            seed = f"{build.seed}:{'quotations' if quoted else 'entities'}"
            streams.append(Stream(examples, seed, build.window, build.train.pieces))
        elif quoted:
            raise BuildError("a build needs a corpus of quotations")
    return streams


def optimiser_of(model: Encoder, schedule: Schedule) -> torch.optim.Optimizer:
    """Return AdamW with separate rates for the encoder, the heads and the tables' biases."""
    # 12 of the 22 million weights are word vectors; they are kept, because a news corpus contains too few of the words.
    model.word.weight.requires_grad_(False)
    groups = [
        {"params": [], "base": schedule.rate, "weight_decay": 0.01},
        {"params": [], "base": schedule.head_rate, "weight_decay": 0.01},
        {"params": [], "base": schedule.bias_rate, "weight_decay": 0.0},
    ]
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups[2 if name in ("rel", "pb") else int(name.startswith(_FRESH))]["params"].append(parameter)  # type: ignore[attr-defined]
    return torch.optim.AdamW(groups, lr=schedule.rate, betas=(0.9, 0.98), foreach=True)


def _stop_on_signals() -> list[int]:
    """Return a list that receives the signals that ask to stop."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, _frame: asked.append(signum))
    return asked


class _Progress:
    """Prints losses, speed and the time left."""

    def __init__(self, steps: int, first: int) -> None:
        self._steps, self._first, self._begun = steps, first, time.monotonic()
        self._pieces = 0
        self._reset()

    def _reset(self) -> None:
        self._sums, self._counts = [0.0, 0.0], [0, 0]

    def add(self, task: int, loss: float, pieces: int) -> None:
        self._sums[task] += loss
        self._counts[task] += 1
        self._pieces += pieces

    def show(self, step: int, epochs: list[float]) -> None:
        took = time.monotonic() - self._begun
        left = took / max(1, step - self._first) * (self._steps - step)
        losses = " ".join(
            f"{name} {total / count:.3f}"
            for name, total, count in zip(("quotations", "entities"), self._sums, self._counts, strict=True)
            if count
        )
        read = " and ".join(f"{value:.2f}" for value in epochs)
        print(
            f"train: step {step:,}/{self._steps:,}  loss: {losses}  epochs {read}  "
            f"{self._pieces / took:,.0f} pieces/s  {int(left // 3600)}:{int(left % 3600 // 60):02} h left",
            flush=True,
        )
        self._reset()
