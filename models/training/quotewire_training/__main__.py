"""Build the English tagger: convert → train → blend → export → quantise → evaluate → package.

    python -m quotewire_training all --corpora CORPORA [--build builds/en_wire.toml] [--run runs/en_wire]

Each step resumes where it stopped. `make models CORPORA=…` runs all of them in an environment of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from quotewire_training.package import PACKAGED
from quotewire_training.settings import Build, BuildError, Course

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TRAINING = Path(__file__).resolve().parents[1]
ROOT = TRAINING.parents[1]


def _convert(build: Build, chosen: argparse.Namespace) -> None:
    from quotewire_training.convert import convert
    from quotewire_training.initialise import base_model

    if chosen.corpora is None:
        raise BuildError("convert: name the folder of corpora with --corpora")
    convert(build, chosen.corpora, TRAINING, base_model() / "tokenizer.json", chosen.run)


def _train(build: Build, chosen: argparse.Namespace) -> None:
    import torch

    from quotewire_training.initialise import initial_encoder
    from quotewire_training.train import train

    torch.set_num_threads(chosen.threads)
    runs = [(build.of_course(course), _folder(chosen.run, course)) for course in build.courses]
    for one, run in runs or [(build, chosen.run)]:
        run.mkdir(exist_ok=True)
        torch.manual_seed(one.seed)
        model = initial_encoder(run / "checkpoint.pt", _start(build, chosen), one.train.dropout)
        if not train(one, model.to("cuda" if torch.cuda.is_available() else "cpu"), run, chosen.run):
            raise BuildError("the training was stopped; the same command resumes it")


def _blend(build: Build, chosen: argparse.Namespace) -> None:
    from quotewire_training.blend import blend_runs

    if not build.courses:
        return
    shares = {_folder(chosen.run, course): course.share for course in build.courses}
    if (start := _start(build, chosen)) and build.kept:
        shares[start] = build.kept
    blend_runs(shares, chosen.run)


def _start(build: Build, chosen: argparse.Namespace) -> Path | None:
    """Return the folder of the tagger that training starts from; None: the base model."""
    named: Path | None = chosen.init_from_onnx
    return named or (ROOT / PACKAGED if build.start == "packaged" else None)


def _folder(run: Path, course: Course) -> Path:
    return run / f"seed-{course.seed}"


def _export(build: Build, chosen: argparse.Namespace) -> None:
    from quotewire_training.package import export_run

    export_run(build, chosen.run)


def _quantise(build: Build, chosen: argparse.Namespace) -> None:
    from quotewire_training.package import quantise_run

    quantise_run(chosen.run)


def _evaluate(build: Build, chosen: argparse.Namespace) -> None:
    from quotewire_training.package import evaluate_run

    if chosen.corpora is None:
        raise BuildError("evaluate: name the folder of corpora with --corpora")
    evaluate_run(chosen.run, chosen.corpora, ROOT)


def _package(build: Build, chosen: argparse.Namespace) -> None:
    from quotewire_training.package import package_run

    package_run(chosen.run, ROOT, chosen.python)


STEPS: dict[str, Callable[[Build, argparse.Namespace], None]] = {
    "convert": _convert,
    "train": _train,
    "blend": _blend,
    "export": _export,
    "quantise": _quantise,
    "evaluate": _evaluate,
    "package": _package,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step, or all of them; return the exit code."""
    parser = argparse.ArgumentParser(prog="quotewire_training", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("step", choices=["all", *STEPS], help="the step to run")
    parser.add_argument("--corpora", type=Path, help="folder with polnear/ and ner/")
    parser.add_argument("--build", type=Path, default=TRAINING / "builds" / "en_wire.toml", help="what to build")
    parser.add_argument("--run", type=Path, help="folder of the run (default: runs/NAME in the repository)")
    parser.add_argument("--steps", type=int, help="train so many steps instead of the build's")
    parser.add_argument(
        "--init-from-onnx", type=Path, metavar="FOLDER", help="start from this packaged tagger, whatever the build says"
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="processor threads of the training")
    parser.add_argument(
        "--python", type=Path, default=ROOT / ".venv/bin/python", help="interpreter that has quotewire installed"
    )
    chosen = parser.parse_args(arguments)
    try:
        build = Build.read(chosen.build)
        if chosen.steps:
            build = build.model_copy(update={"train": build.train.model_copy(update={"steps": chosen.steps})})
        chosen.run = chosen.run or ROOT / "runs" / build.name
        chosen.run.mkdir(parents=True, exist_ok=True)
        for name in STEPS if chosen.step == "all" else [chosen.step]:
            STEPS[name](build, chosen)
    except (BuildError, OSError, ValueError) as error:
        print(f"models: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
