"""Quotations on PolNeAR: our scores beside those of other systems, by kind, with every error in its sentence.

    python benchmarks/quality/quotes.py CORPORA --split dev [--errors FILE] [--model FOLDER] [--json FILE]
    python benchmarks/quality/quotes.py --world            # our own marked paragraphs, the half never trained on

CORPORA is a folder with polnear/train and polnear/dev. Dev is used for model selection; nothing is trained on it.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "training"))

from quote_errors import Error, errors, listing  # noqa: E402  # needs the path above
from quote_scores import KINDS, TOTAL, Score, Scores, WordedText  # noqa: E402

from quotewire_extract.quotation import Quotation  # noqa: E402
from quotewire_extract.tagger.tagger import Tagger  # noqa: E402
from quotewire_training.markup import MarkupError, read_markup  # noqa: E402
from quotewire_training.polnear import read_split  # noqa: E402
from quotewire_training.spans import Attribution, QuotedText  # noqa: E402

PEERS = (
    # On PolNeAR test, core view, by the same scorer.
    ("two people against each other", 93.8, 88.7, None, 85.7, 97.5, 88.8, 77.7),
    ("Citron (BBC), retrained on PolNeAR", 73.9, 65.0, None, 60.3, 65.8, 65.5, 55.7),
    ("Gender Gap Tracker", 76.1, 62.7, None, 54.3, 62.7, 50.0, 49.1),
    ("textacy, by paragraph", 52.3, 38.1, None, 34.9, 71.5, 0.0, 0.0),
    ("quotation marks and the nearest person", 68.6, 44.6, None, 22.4, 41.0, 0.0, 0.0),
    # On PolNeAR dev, core view.
    ("rules on en_core_web_md 3.8.0 (dev)", 89.7, 76.2, 92.4, 70.0, 82.0, 65.7, 65.4),
    ("rules on en_core_web_sm 3.8.0 (dev)", 89.4, 76.1, 91.9, 69.3, 80.9, 65.2, 64.9),
)
"""Name, token F, content F, speaker accuracy, joint F, joint F of direct, mixed, indirect; in percent."""


def attribution(quotation: Quotation) -> Attribution:
    """Turn what the tagger found into the form of the corpus."""
    cue, source = quotation.cue, quotation.source
    return Attribution(tuple(quotation.content), (cue,) if cue else (), (source,) if source else ())


def measure(tagger: Tagger, texts: Iterable[QuotedText], view: str) -> tuple[Scores, list[Error], int, float]:
    """Tag every text; returns the scores, the errors in `view`, the words and the seconds that tagging took."""
    scores, faults, words, took = Scores(), list[Error](), 0, 0.0
    for quoted in texts:
        begun = time.perf_counter()
        output = tagger.tag(quoted.text)
        took += time.perf_counter() - begun
        words += len(quoted.text.split())
        worded = WordedText(quoted.text)
        gold = worded.items(quoted.attributions)
        found = worded.items(map(attribution, output.quotations))
        faults += errors(quoted.name, worded, gold, found, scores.add(worded, gold, found), view)
    return scores, faults, words, took


def percentages(scores: Scores, view: str) -> dict[str, float]:
    """Return the scores of the table, in percent."""
    whole = scores.of[view, TOTAL]
    return {
        "token": 100 * whole.token.f1,
        "content": 100 * whole.content.f1,
        "speaker": 100 * whole.speaker_accuracy,
        "joint": 100 * whole.joint.f1,
        **{kind: 100 * scores.of[view, kind].joint.f1 for kind in KINDS},
    }


def table(scores: Scores, view: str) -> str:
    """Format all scores of one view, one line per kind."""
    heads = ("token F", "strict F", "content P", "R", "F", "F(.8)", "speaker", "joint P", "R", "F")
    lines = [f"{view:10} {'gold':>5} {'found':>5} " + " ".join(f"{head:>9}" for head in heads)]
    for kind in (TOTAL, *KINDS):
        score: Score = scores.of[view, kind]
        content, joint = score.content, score.joint
        cells = (
            *(score.token.f1, score.strict.f1, content.precision, content.recall, content.f1, score.content80.f1),
            *(score.speaker_accuracy, joint.precision, joint.recall, joint.f1),
        )
        line = f"{kind:10} {content.gold:5.0f} {content.found:5.0f} "
        lines.append(line + " ".join(f"{100 * cell:9.1f}" for cell in cells))
    return "\n".join(lines)


def beside_peers(ours: dict[str, float]) -> str:
    """Format our line and those of other systems."""
    names = ("token", "content", "speaker", "joint", "direct", "mixed", "indirect")
    lines = [f"{'core view':40} " + " ".join(f"{name:>8}" for name in names)]
    lines.append(f"{'this tagger':40} " + " ".join(f"{ours[name]:8.1f}" for name in names))
    for name, *cells in PEERS:
        lines.append(f"{name:40} " + " ".join(f"{'–' if cell is None else format(cell, '.1f'):>8}" for cell in cells))
    return "\n".join(lines)


def world_texts() -> Sequence[QuotedText]:
    """Return our own marked articles of the measuring half."""
    files = sorted((ROOT / "models" / "training" / "world" / "measure").glob("*.txt"))
    return [article.quoted for file in files for article in read_markup(file)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("corpora", nargs="?", type=Path, help="folder with polnear/dev")
    parser.add_argument("--split", default="dev", choices=("dev", "train"))
    parser.add_argument("--world", action="store_true", help="our own invented articles instead of PolNeAR")
    parser.add_argument("--model", type=Path, help="folder of a tagger (default: the packaged en_wire)")
    parser.add_argument("--stride", type=int, default=0, help="pieces from window to window; 0: no overlap, as shipped")
    parser.add_argument("--errors", type=Path, help="write every error in its sentence to this file")
    parser.add_argument("--json", type=Path, help="write the scores to this file")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.world:
            texts, name = world_texts(), "our world news (measuring half)"
        elif chosen.corpora:
            texts, name = list(read_split(chosen.corpora / "polnear" / chosen.split)), f"PolNeAR {chosen.split}"
        else:
            parser.error("give the folder of corpora, or --world")
        tagger = Tagger(chosen.model or packaged_model(), stride=chosen.stride or None)
    except (OSError, ValueError, MarkupError) as error:
        print(f"quotes: {error}", file=sys.stderr)
        return 2
    scores, faults, words, took = measure(tagger, texts, "core")
    ours = percentages(scores, "core")
    print(f"{name}: {len(texts)} texts, {words:,} words\n")
    for view in ("core", "all"):
        print(table(scores, view) + "\n")
    if not chosen.world:
        print(beside_peers(ours) + "\n")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{words / took:,.0f} words/s on one thread (tagger alone), {memory:,.0f} MiB at most")
    if chosen.errors:
        chosen.errors.write_text(listing(faults), "utf-8")
        print(f"{len(faults)} errors → {chosen.errors}")
    if chosen.json:
        chosen.json.write_text(json.dumps(ours, indent=1) + "\n", "utf-8")
    return 0


def packaged_model() -> Path:
    """Return the folder of the tagger that this repository ships. Raises FileNotFoundError."""
    found = sorted((ROOT / "models" / "en_wire").rglob("reader.json"))
    if not found:
        raise FileNotFoundError("models/en_wire holds no reader.json; name a folder with --model")
    return found[0].parent


if __name__ == "__main__":
    sys.exit(main())
