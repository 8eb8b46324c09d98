"""Who said it: resolved-name accuracy on our own marked articles, beside baselines.

    python benchmarks/quality/who.py [--half seen|unseen] [--errors] [--pipeline en_wire]

``given`` is told the right quotations and mentions and must say who; ``whole`` finds the quotations itself, so what the
reader misses counts as wrong. Errors of the unseen half are printed only when asked for by both flags: whoever works on
the rules does not look at them.
"""

from __future__ import annotations

import argparse

import spacy
from who_said_it.articles import HALVES, load
from who_said_it.scoring import (
    SORTS,
    last_person,
    nearest_person,
    pipeline_given,
    pipeline_whole,
    prototype,
    score,
)

METHODS = {
    "nearest PERSON": nearest_person,
    "last PERSON before": last_person,
    "mention as it stands": prototype,
    "ours, given": pipeline_given,
    "ours, whole": pipeline_whole,
}


def main() -> None:
    """Print a table for each half."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--half", choices=HALVES, help="one half only")
    parser.add_argument("--errors", action="store_true", help="list what ours, given gets wrong (needs --half)")
    parser.add_argument("--pipeline", default="en_wire")
    options = parser.parse_args()
    nlp = spacy.load(options.pipeline)
    for half in [options.half] if options.half else HALVES:
        articles = load(half)
        count = sum(len(article.said) for article in articles)
        print(f"\n{half}: {len(articles)} articles, {count} quotations; right names in percent, by sort of mention")
        print(f"{'':22}{'all':>7}" + "".join(f"{sort:>13}" for sort in SORTS) + f"{'kind':>8}")
        for method, make in METHODS.items():
            result = score(articles, make(nlp, articles))
            cells = "".join(f"{100 * result.accuracy(s):9.1f}{result.total[s]:4}" for s in SORTS)
            kinds = f"{100 * result.kinds / count:8.1f}" if method.startswith("ours") else f"{'–':>8}"
            print(f"{method:22}{100 * result.accuracy():7.1f}{cells}{kinds}")
            if options.errors and options.half and method == "ours, given":
                print("".join(f"    {line}\n" for line in result.errors + result.wrong_kinds), end="")


if __name__ == "__main__":
    main()
