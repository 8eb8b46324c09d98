"""Ten steps of everything on a few invented sentences: a minute that shows whether a real build would work.

    python -m quotewire_training.smoke

Trains ten steps in one go, and again with a stop in between; both must give the same weights, and so must their blend.
Then it narrows the layers, trains on, exports, quantises, tags a sentence, and starts again from the packaged weights.
"""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import spacy
import torch
from spacy.tokens import DocBin, Span

from quotewire_extract.tagger.network import WEIGHTS, open_session
from quotewire_extract.tagger.tagger import Tagger
from quotewire_training.blend import blend_runs
from quotewire_training.checkpoint import averaged_weights
from quotewire_training.convert import convert
from quotewire_training.encoder import Encoder
from quotewire_training.export import export
from quotewire_training.initialise import base_model, initial_encoder
from quotewire_training.narrow import narrow
from quotewire_training.package import export_run, quantise_run
from quotewire_training.quantise import WEIGHT_BITS, quantise
from quotewire_training.rounding import set_rounding
from quotewire_training.settings import Build, Corpus, Schedule
from quotewire_training.shape import EncoderShape
from quotewire_training.train import train

STEPS, HALF, MORE = 10, 5, 2
NARROW = 1024
TRAINING = Path(__file__).resolve().parents[1]

FLOAT_LIMIT = 1e-3
"""Largest difference of a logit between torch and the exported graph."""
ROUNDED_SHARE = 0.2
"""Largest share of the mean difference between the logits of torch and of the quantised graph of one layer that may
remain when torch rounds too. Sums in another order sometimes round differently, and six layers amplify that."""


def main() -> int:
    """Run it; return 0 when everything agrees."""
    torch.set_num_threads(2)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_entities(folder / "ner" / "tiny.spacy")
        whole, halves = folder / "whole", folder / "halves"
        for run, stops in ((whole, (STEPS,)), (halves, (HALF, STEPS))):
            for stop in stops:
                _train(_build(stop), folder, run)
        one, two = (averaged_weights(run / "checkpoint.pt") for run in (whole, halves))
        differing = [name for name in one if not torch.equal(one[name], two[name])]
        if differing:
            print(f"smoke: a run that stopped differs from one that did not: {differing[0]}", file=sys.stderr)
            return 1
        blend_runs({whole: 0.5, halves: 0.5}, folder / "both")
        both = averaged_weights(folder / "both" / "checkpoint.pt")
        if not all(torch.allclose(both[name], one[name]) for name in one):
            print("smoke: the mean of two equal runs differs from them", file=sys.stderr)
            return 1
        narrow(_build(STEPS), whole, NARROW)
        _train(_build(STEPS + MORE), folder, whole)
        export_run(_build(STEPS), whole)
        quantise_run(whole)
        narrowed = averaged_weights(whole / "checkpoint.pt")
        difference, _ = _differences(
            narrowed, whole / "float" / WEIGHTS, EncoderShape.of(narrowed, base_model()), rounded=False
        )
        if difference > FLOAT_LIMIT:
            print(f"smoke: torch and the exported graph differ by {difference:.4f}", file=sys.stderr)
            return 1
        apart = _rounding_differences(narrowed, folder)
        if apart[1] > ROUNDED_SHARE * apart[0]:
            print(f"smoke: torch rounds differently from the quantised graph: {apart[1]:.1e}", file=sys.stderr)
            return 1
        again = initial_encoder(folder / "none", whole / "int8", 0.0)
        if len(again.layers[0].up.bias) != NARROW:
            print("smoke: the packaged tagger was loaded with layers of another width", file=sys.stderr)
            return 1
        output = Tagger(whole / "int8").tag("“It rains,” said Ada Vrell in Karsholm.")
        words = len(output.words)
        close = f"exported within {difference:.1e}, rounded within {apart[1]:.1e}, else {apart[0]:.1e}"
        print(f"smoke: ten steps, resumed alike, narrowed, {close}, tagged {words} words")
    return 0


def _build(steps: int) -> Build:
    corpora = (
        Corpus(name="world", form="markup", path="world/train", own=True, licence="Apache-2.0"),
        Corpus(name="entities", form="docbin", path="ner/tiny.spacy", licence="Apache-2.0"),
    )
    # A constant rate, and rounding from the start: the last step of a run must not change how its first ones learn.
    schedule = Schedule(steps=steps, cooldown=1e-9, pieces=512, masked=0.1, rounded_from=0)
    return Build(name="smoke", version="0", seed=1, corpora=corpora, train=schedule)


def _train(build: Build, corpora: Path, run: Path) -> None:
    run.mkdir(exist_ok=True)
    convert(build, corpora, TRAINING, base_model() / "tokenizer.json", run)
    torch.manual_seed(build.seed)
    train(build, initial_encoder(run / "checkpoint.pt", None, 0.0), run)


def _write_entities(path: Path) -> None:
    """A corpus of one sentence with a person and a place."""
    doc = spacy.blank("en")("Ada Vrell lives in Karsholm and works in Zellin .")
    doc.set_ents([Span(doc, 0, 2, "PERSON"), Span(doc, 4, 5, "GPE"), Span(doc, 8, 9, "GPE")])
    path.parent.mkdir()
    DocBin(docs=[doc] * 4).to_disk(path)


def _rounding_differences(weights: dict[str, torch.Tensor], folder: Path) -> tuple[float, float]:
    """Mean difference of a logit between torch, first plain, then rounding, and the quantised graph of one layer."""
    lowest = {name: value for name, value in weights.items() if not re.match(r"layers\.[1-9]", name)}
    shape = replace(EncoderShape.of(weights, base_model()), layers=1)
    export({name: value.numpy() for name, value in lowest.items()}, shape, folder / "one.onnx")
    quantise(folder / "one.onnx", folder / "one.int8.onnx")
    plain, rounding = (_differences(lowest, folder / "one.int8.onnx", shape, rounded=r)[1] for r in (False, True))
    return plain, rounding


def _differences(
    weights: dict[str, torch.Tensor], graph: Path, shape: EncoderShape, *, rounded: bool
) -> tuple[float, float]:
    """Largest and mean difference between the logits of torch and of the graph, on one window."""
    model = Encoder(shape)
    model.load_state_dict(weights)
    model.eval()
    set_rounding(model, rounded)
    chooser = torch.Generator().manual_seed(1)
    ids = torch.randint(1000, 20000, (1, 40), generator=chooser)
    features = torch.randint(0, 3, (1, 40, 3), generator=chooser)
    with torch.no_grad():
        wanted = [output.numpy() for output in model(ids, features, torch.ones_like(ids))]
    session = open_session(graph, weight_bits=WEIGHT_BITS)
    given = session.run(None, {"ids": ids.numpy(), "feat": features.numpy()})
    apart = np.concatenate([np.abs(a - b).ravel() for a, b in zip(wanted, given, strict=True)])
    return float(apart.max()), float(apart.mean())


if __name__ == "__main__":
    sys.exit(main())
