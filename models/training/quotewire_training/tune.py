"""Search the decoder's constants on held-out articles: one constant at a time, as long as any step gains.

    python -m quotewire_training.tune MODEL_FOLDER CORPORA

The network runs over every article once; then only the decoding is repeated. Prints each step that gains, and the
constants at the end. The articles are PolNeAR's dev split and the training half of our own ones, so that the constants
suit more than one kind of news.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "benchmarks" / "quality"))

from quote_scores import TOTAL, Item, Scores, WordedText  # noqa: E402  # the benchmarks' scorer, by the path above
from quotes import attribution  # noqa: E402

from quotewire_extract.tagger.layout import attributed_by_layout, merge_with_layout  # noqa: E402
from quotewire_extract.tagger.pieces import tokenize  # noqa: E402
from quotewire_extract.tagger.quotations import decode_quotations  # noqa: E402
from quotewire_extract.tagger.tagger import Tagger  # noqa: E402
from quotewire_extract.tagger.thresholds import Decoding  # noqa: E402
from quotewire_training.markup import read_markup  # noqa: E402
from quotewire_training.polnear import read_split  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.tagger.evidence import Evidence
    from quotewire_extract.tagger.pieces import Pieces
    from quotewire_training.spans import QuotedText

STEPS: dict[str, tuple[float, ...]] = {
    "peak": (0.05, 0.1),
    "source": (0.1,),
    "source_min": (0.05,),
    "core": (0.05, 0.1),
    "clip": (0.5, 1.0),
    "bias": (0.1, 0.3),
    "switch": (0.25, 0.5),
    "marked": (0.1,),
    "sign": (0.1,),
    "orphan": (1.0, 3.0),
    "adopted": (0.1,),
}
"""How far each constant changes in one step, up and down. `cue` is fixed: the evidence was computed with it."""

MINIMUM = {"source": 0.1}
"""Lower bounds: a speaker counts as right when one word is shared, so half the article as source would score well."""

WORLD_WEIGHT = 0.25
"""Weight of our own articles' joint F beside PolNeAR's: they are a tenth of its size."""


class HeldOut:
    """Held-out articles with the network's evidence for them."""

    def __init__(self, tagger: Tagger, texts: Sequence[QuotedText]) -> None:
        self._articles: list[tuple[Pieces, Evidence, WordedText, list[Item]]] = []
        for quoted in texts:
            pieces, worded = tokenize(quoted.text, tagger.tokenizer), WordedText(quoted.text)
            self._articles.append((pieces, tagger.evidence(pieces), worded, worded.items(quoted.attributions)))

    def scores(self, decoding: Decoding) -> Scores:
        """Return the scores of one decoding."""
        scores = Scores()
        for pieces, evidence, worded, gold in self._articles:
            found = merge_with_layout(
                decode_quotations(pieces, evidence, decoding), attributed_by_layout(pieces.text, pieces.marked)
            )
            scores.add(worded, gold, worded.items(map(attribution, found)))
        return scores

    def joint(self, decoding: Decoding) -> float:
        """Return joint F of the core view, in percent."""
        return 100 * self.scores(decoding).of["core", TOTAL].joint.f1


def without_acts(quoted: QuotedText) -> QuotedText:
    """Return the article without its acts, so that an act found as a quotation counts as a false positive."""
    return replace(quoted, attributions=tuple(a for a in quoted.attributions if a.core is not False))


def search(held: HeldOut, own: HeldOut, decoding: Decoding) -> Decoding:
    """Change one constant at a time until no change gains."""

    def value(tried: Decoding) -> tuple[float, float, float]:
        polnear, world = held.joint(tried), own.joint(tried)
        return polnear + WORLD_WEIGHT * world, polnear, world

    best = value(decoding)
    print(f"start: PolNeAR dev {best[1]:.2f}, own {best[2]:.2f}", flush=True)
    moved = True
    while moved:
        moved = False
        for name, steps in STEPS.items():
            for step in (*steps, *(-step for step in steps)):
                now = getattr(decoding, name)
                if now + step < MINIMUM.get(name, float("-inf")):
                    continue
                tried = replace(decoding, **{name: type(now)(round(now + step, 3))})
                result = value(tried)
                # A gain of a twentieth of a point is one quotation in a thousand: less is chance.
                if result[0] > best[0] + 0.05:
                    best, decoding, moved = result, tried, True
                    print(f"{name} = {getattr(tried, name)}: PolNeAR dev {best[1]:.2f}, own {best[2]:.2f}", flush=True)
                    break
    return decoding


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the search."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("model", type=Path, help="folder of a tagger")
    parser.add_argument("corpora", type=Path, help="folder with polnear/dev")
    chosen = parser.parse_args(arguments)
    tagger = Tagger(chosen.model)
    files = sorted((ROOT / "models" / "training" / "world" / "train").glob("*.txt"))
    own = [without_acts(article.quoted) for file in files for article in read_markup(file)]
    dev = list(read_split(chosen.corpora / "polnear" / "dev"))
    found = search(HeldOut(tagger, dev), HeldOut(tagger, own), tagger.decoding)
    for name, constant in asdict(found).items():
        print(f"    {name} = {constant}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
