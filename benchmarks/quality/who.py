"""Who said it: accuracy of the resolved names on our own marked articles, beside baselines.

    python benchmarks/quality/who.py [--half seen|unseen] [--errors] [--pipeline en_wire]

``given`` gets the right quotations and mentions and resolves the speakers; ``whole`` finds the quotations itself, so
what the tagger misses is wrong. Errors of the unseen half are printed only with both flags: do not look at them while
working on the rules.
"""

from __future__ import annotations

import argparse

import spacy
from who_said_it.articles import HALVES, load
from who_said_it.scoring import (
    MENTION_TYPES,
    last_person,
    mention_itself,
    nearest_person,
    pipeline_given,
    pipeline_whole,
    score,
)

METHODS = {
    "nearest PERSON": nearest_person,
    "last PERSON before": last_person,
    "mention as it stands": mention_itself,
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
        count = sum(len(article.quotations) for article in articles)
        print(f"\n{half}: {len(articles)} articles, {count} quotations; right names in percent, by type of mention")
        print(f"{'':22}{'all':>7}" + "".join(f"{kind:>13}" for kind in MENTION_TYPES) + f"{'kind':>8}")
        for method, make in METHODS.items():
            result = score(articles, make(nlp, articles))
            cells = "".join(f"{100 * result.accuracy(kind):9.1f}{result.total[kind]:4}" for kind in MENTION_TYPES)
            kinds = f"{100 * result.kinds / count:8.1f}" if method.startswith("ours") else f"{'–':>8}"
            print(f"{method:22}{100 * result.accuracy():7.1f}{cells}{kinds}")
            if options.errors and options.half and method == "ours, given":
                print("".join(f"    {line}\n" for line in result.errors + result.wrong_kinds), end="")


if __name__ == "__main__":
    main()
