"""Steps 4 to 6 on a run's folder: two taggers with the trained weights, their scores, and the wheel.

`RUN/float` and `RUN/int8` are folders that `quotewire_extract.tagger.tagger.Tagger` loads; `RUN/scores.json` holds
their scores, and those of the tagger that is packaged now, on the held-out articles.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from quotewire_extract.tagger.metadata import TaggerMetadata
from quotewire_extract.tagger.network import WEIGHTS
from quotewire_training.settings import BuildError
from quotewire_training.tags import ENTITY_TYPES, TABLE_WIDTH

if TYPE_CHECKING:
    from quotewire_training.settings import Build

TOKENIZER = "tokenizer.json"
PACKAGED = Path("models/en_wire/en_wire/pipeline/wire_reader")

LOSS_ALLOWED = 0.3
"""Points of joint F that quantisation may cost before `evaluate` warns."""


def export_run(build: Build, run: Path) -> None:
    """Write `run`/float from the averaged weights of the run's checkpoint."""
    from quotewire_training.checkpoint import averaged_weights
    from quotewire_training.export import export
    from quotewire_training.initialise import base_model
    from quotewire_training.shape import EncoderShape

    checkpoint = run / "checkpoint.pt"
    if not checkpoint.exists():
        raise BuildError(f"{checkpoint} does not exist: train first")
    weights = {name: value.float().numpy() for name, value in averaged_weights(checkpoint).items()}
    folder = run / "float"
    folder.mkdir(exist_ok=True)
    export(weights, EncoderShape.of(weights, base_model()), folder / WEIGHTS)
    shutil.copyfile(base_model() / TOKENIZER, folder / TOKENIZER)
    metadata(build, weights["rel"], weights["pb"]).save(folder)
    print(f"export: {folder} ({_size(folder / WEIGHTS)})")


def metadata(build: Build, distance: npt.NDArray[np.float32], paragraph: npt.NDArray[np.float32]) -> TaggerMetadata:
    """Return what the tagger needs besides the graph."""
    content, source = distance.astype(float).round(6).tolist()
    content_paragraph, source_paragraph = paragraph.astype(float).round(6).tolist()
    return TaggerMetadata(
        name=build.name,
        version=build.version,
        labels=ENTITY_TYPES,
        window=build.window,
        table_width=TABLE_WIDTH,
        distance_bias=(tuple(content), tuple(source)),
        paragraph_bias=(tuple(content_paragraph), tuple(source_paragraph)),
        decoding=build.decoding,
    )


def quantise_run(run: Path) -> None:
    """Write `run`/int8 from `run`/float."""
    from quotewire_training.quantise import WEIGHT_BITS, quantise

    source, target = run / "float", run / "int8"
    if not (source / WEIGHTS).exists():
        raise BuildError(f"{source} holds no graph: export first")
    target.mkdir(exist_ok=True)
    quantise(source / WEIGHTS, target / WEIGHTS)
    shutil.copyfile(source / TOKENIZER, target / TOKENIZER)
    TaggerMetadata.load(source).model_copy(update={"weight_bits": WEIGHT_BITS}).save(target)
    digest = hashlib.sha256((target / WEIGHTS).read_bytes()).hexdigest()[:16]
    print(f"quantise: {target} ({_size(target / WEIGHTS)}, sha256 {digest})")


def evaluate_run(run: Path, corpora: Path, root: Path) -> None:
    """Score float, int8 and the packaged tagger on the held-out articles; write `run`/scores.json and the errors."""
    scores: dict[str, dict[str, float]] = {}
    for name, folder in (("packaged", root / PACKAGED), ("float", run / "float"), ("int8", run / "int8")):
        if not (folder / WEIGHTS).exists():
            continue
        quotes, entities = run / f"{name}.quotes.json", run / f"{name}.entities.json"
        _run_benchmark(root, "quotes", corpora, folder, quotes, run / f"{name}.quote-errors.txt")
        _run_benchmark(root, "entities", corpora, folder, entities, run / f"{name}.entity-errors.txt")
        found = json.loads(entities.read_text("utf-8"))
        scores[name] = {**json.loads(quotes.read_text("utf-8")), "entities": found["worldwide newswire"]}
        print(f"evaluate: {name:9}", "  ".join(f"{key} {value:.1f}" for key, value in scores[name].items()), flush=True)
    (run / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", "utf-8")
    if {"float", "int8"} <= scores.keys():
        lost = scores["float"]["joint"] - scores["int8"]["joint"]
        if lost > LOSS_ALLOWED:
            print(f"evaluate: quantisation costs {lost:.1f} points of joint F, more than {LOSS_ALLOWED}")


def is_better(new: dict[str, float], old: dict[str, float]) -> bool:
    """Say whether a tagger should replace another: joint F and entity F together are higher, and neither is 0.3 lower.

    A tenth of a point is noise on 84 articles; three tenths are not.
    """
    gains = [new[name] - old[name] for name in ("joint", "entities")]
    return sum(gains) > 0 and min(gains) > -0.3


def package_run(run: Path, root: Path, python: Path) -> None:
    """Put `run`/int8 into models/en_wire and build the wheel, unless the packaged tagger is better on dev."""
    path = run / "scores.json"
    if not path.exists():
        raise BuildError(f"{path} does not exist: evaluate first")
    scores = json.loads(path.read_text("utf-8"))
    if "packaged" in scores and not is_better(scores["int8"], scores["packaged"]):
        print("package: the packaged tagger is no worse on the held-out articles; it is kept")
        return
    if not python.exists():
        raise BuildError(f"{python} does not exist: run `make .venv/ready` first, or name an interpreter with --python")
    for command in (
        [python, root / "models/en_wire/assemble.py", run / "int8"],
        [python, "-m", "build", "--wheel", "--no-isolation", "--outdir", root / "dist", root / "models/en_wire"],
    ):
        _call([str(part) for part in command], "package")
    print(f"package: models/en_wire holds the new tagger; its wheel is in {root / 'dist'}")


def _run_benchmark(root: Path, name: str, corpora: Path, model: Path, scores: Path, errors: Path) -> None:
    script = root / "benchmarks" / "quality" / f"{name}.py"
    command = [sys.executable, script, corpora, "--model", model, "--json", scores, "--errors", errors]
    _call([str(part) for part in command], "evaluate")


def _call(command: list[str], step: str) -> None:
    """Run a program quietly. Raises BuildError with the last line of its output."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own scripts
    if done.returncode:
        message = (done.stderr or done.stdout).strip().splitlines() or ["nothing said"]
        raise BuildError(f"{step}: {Path(command[1]).name} failed: {message[-1]}")


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB"
