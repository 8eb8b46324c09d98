"""Fit and check the confidence of quotations: 0.9 must be right nine times of ten.

    python benchmarks/quality/confidence.py CORPORA [--split dev] [--write]

CORPORA is a folder with polnear/dev. A quotation is right when its overlap with a gold one of the core view is at least
half (quote_scores.py). The curve is cross-validated over articles with ten folds, so no article is scored by weights
fitted on it; --write stores the weights fitted on all of them. How often a name is right by type of mention comes from
the unseen half of our own articles (who.py), counted and smoothed; its errors are not looked at.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import spacy

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "models" / "training")]

from quote_scores import WordedText, pairs  # noqa: E402
from quotes import attribution  # noqa: E402
from who_said_it.articles import load  # noqa: E402  # needs the path above
from who_said_it.scoring import MENTION_TYPES, pipeline_given, score  # noqa: E402

from quotewire_extract.attribution.confidence import FEATURES, features, sharing_words  # noqa: E402
from quotewire_extract.word_overlap import MIN_OVERLAP  # noqa: E402
from quotewire_training.polnear import read_split  # noqa: E402

OUT = ROOT / "services" / "extract" / "quotewire_extract" / "attribution" / "confidence.json"
FOLDS = 10
RIDGE = 1.0
"""Penalty on the weights. With about 1,500 quotations and a dozen features any value from 0.1 to 10 gives the same."""

Array = np.ndarray[Any, np.dtype[np.float64]]


def examples(nlp: spacy.language.Language, split: Path) -> tuple[Array, Array, Array]:
    """Return features, right or wrong, and article number of every found quotation, without those outside the view."""
    rows, right, article = [], [], []
    for number, quoted in enumerate(read_split(split)):
        doc = nlp(quoted.text)
        worded = WordedText(quoted.text)
        gold = worded.items(quoted.attributions)
        shared = {id(doc._.quotes[position]) for position in sharing_words(doc._.quotes)}
        kept = [q for q in doc._.quotes if worded.covered(q.content)]
        found = worded.items(map(attribution, kept))
        matched = {pair.found: pair for pair in pairs(worded, gold, found)}
        for position, quotation in enumerate(kept):
            pair = matched.get(position)
            good = pair is not None and pair.overlap >= MIN_OVERLAP
            if good and pair is not None and not gold[pair.gold].in_view("core"):
                continue
            rows.append(features(quoted.text, quotation, shares_words=id(quotation) in shared))
            right.append(float(good))
            article.append(number)
    return np.array(rows), np.array(right), np.array(article, float)


def fit(x: Array, y: Array) -> Array:
    """Fit a logistic regression by Newton's method; the constant is not penalised."""
    weights = np.zeros(x.shape[1])
    ridge = RIDGE * np.eye(x.shape[1])
    ridge[0, 0] = 0
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (y - p) - ridge @ weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge
        weights += np.linalg.solve(hessian, gradient)
    return weights


def cross_validated(x: Array, y: Array, article: Array) -> Array:
    """Return for each quotation the probability by weights fitted without its article."""
    p = np.zeros(len(y))
    for fold in range(FOLDS):
        out = article % FOLDS == fold
        p[out] = 1 / (1 + np.exp(-x[out] @ fit(x[~out], y[~out])))
    return p


def reliability(p: Array, y: Array, bins: int = 10) -> tuple[list[tuple[float, float, int]], float]:
    """Return bins of equal size (mean probability, share that is right, count) and the expected calibration error."""
    order = np.argsort(p)
    rows = [(float(p[part].mean()), float(y[part].mean()), len(part)) for part in np.array_split(order, bins)]
    return rows, sum(abs(mean - share) * count for mean, share, count in rows) / len(y)


def main() -> int:
    """Print the curve; with --write, store the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--pipeline", default="en_wire")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    nlp = spacy.load(options.pipeline)
    x, y, article = examples(nlp, options.corpora / "polnear" / options.split)
    p = cross_validated(x, y, article)
    rows, error = reliability(p, y)
    print(f"PolNeAR {options.split}: {len(y)} quotations, {y.mean():.1%} right; {FOLDS} folds over articles\n")
    print("| confidence | is right | quotations |\n|---|---|---|")
    for mean, share, count in rows:
        print(f"| {mean:.3f} | {share:.3f} | {count} |")
    print(f"\nexpected calibration error {error:.3f}, Brier score {np.mean((p - y) ** 2):.3f}\n")
    print("| threshold | keeps | precision |\n|---|---|---|")
    for threshold in (0.5, 0.8, 0.9, 0.95):
        kept = p >= threshold
        print(f"| ≥ {threshold} | {kept.mean():.1%} | {y[kept].mean():.3f} |")
    own = load("unseen")
    counted = score(own, pipeline_given(nlp, own))
    names = {kind: round((counted.right[kind] + 1) / (counted.total[kind] + 2), 3) for kind in MENTION_TYPES}
    print("\nname right, by type of mention (unseen half, smoothed):", names)
    if options.write:
        weights = dict(zip(FEATURES, (round(float(w), 4) for w in fit(x, y)), strict=True))
        model = f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"
        source = {
            "weights": f"PolNeAR {options.split}, {len(y)} quotations found by {model}",
            "names": "benchmarks/quality/who_said_it/unseen.txt, "
            f"{counted.total.total()} quotations, (right + 1) / (all + 2)",
            "command": "python benchmarks/quality/confidence.py CORPORA --write",
        }
        OUT.write_text(json.dumps({"source": source, "weights": weights, "names": names}, indent=1) + "\n", "utf-8")
        print(f"wrote {OUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
