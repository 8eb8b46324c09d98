"""How fast the English pipeline reads on one thread, stage by stage, and beside another spaCy model.

    python benchmarks/speed/reader.py [TEXTS] [--rounds 3] [--beside en_core_web_sm]

TEXTS is a folder of .txt articles (for instance polnear/dev/text of the corpora); without it, our own invented articles
are read. Every round reads everything once; the fastest round counts, since whatever slows a round down is not ours.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "training"))

import spacy  # noqa: E402  # after the path, as all below
from spacy.language import Language  # noqa: E402
from spacy.tokens import Doc  # noqa: E402

import en_wire  # noqa: E402
from quotewire_extract.reader.component import WireReader, token_offsets  # noqa: E402
from quotewire_extract.reader.entities import find_names  # noqa: E402
from quotewire_extract.reader.pieces import cut  # noqa: E402
from quotewire_extract.reader.quotations import find_quotations  # noqa: E402
from quotewire_training.markup import read_markup  # noqa: E402

Stage = tuple[str, Callable[[], object]]


def texts(folder: Path | None) -> list[str]:
    """The articles to read. Raises FileNotFoundError where a folder holds none."""
    if folder is None:
        files = sorted((ROOT / "models" / "training" / "world").glob("*/*.txt"))
        return [article.quoted.text for file in files for article in read_markup(file)]
    found = [path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))]
    if not found:
        raise FileNotFoundError(f"{folder}: no .txt files here")
    return found


def stages(nlp: Language, articles: Sequence[str]) -> list[Stage]:
    """What the pipeline does, in its order; each stage works on what the one before it made."""
    component = nlp.get_pipe("wire_reader")
    if not isinstance(component, WireReader):
        raise TypeError("wire_reader is not ours")
    reader = component.reader
    docs = [nlp.make_doc(article) for article in articles]
    pieces = [cut(article, reader.tokenizer) for article in articles]
    evidence = [reader.evidence(each) for each in pieces]
    words = [token_offsets(doc) for doc in docs]
    labels = reader.network.metadata.labels

    def each(name: str) -> Callable[[], object]:
        pipe: Callable[[Doc], Doc] = nlp.get_pipe(name)
        return lambda: [pipe(doc) for doc in docs]

    found: list[Stage] = [
        ("tokens (spaCy)", lambda: [nlp.make_doc(article) for article in articles]),
        ("sentencizer", each("sentencizer")),
        ("reader: word pieces", lambda: [cut(article, reader.tokenizer) for article in articles]),
        ("reader: network", lambda: [reader.evidence(each) for each in pieces]),
        (
            "reader: names",
            lambda: [find_names(p, e.tags, labels, w) for p, e, w in zip(pieces, evidence, words, strict=True)],
        ),
        (
            "reader: quotations",
            lambda: [find_quotations(p, e, reader.decoding) for p, e in zip(pieces, evidence, strict=True)],
        ),
    ]
    each("wire_reader")()  # the components behind it need what it finds
    return found + [(name, each(name)) for name in nlp.pipe_names if name not in ("sentencizer", "wire_reader")]


def fastest(work: Callable[[], object], rounds: int) -> float:
    """Seconds of the fastest round."""
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return min(took)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("texts", nargs="?", type=Path, help="folder of .txt articles (default: our own)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the fastest counts")
    parser.add_argument("--beside", action="append", default=[], help="another installed spaCy model")
    chosen = parser.parse_args(arguments)
    try:
        articles = texts(chosen.texts)
        pipelines = {"en_wire": en_wire.load()} | {name: spacy.load(name) for name in chosen.beside}
    except OSError as error:
        print(f"reader: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    words = sum(len(article.split()) for article in articles)
    print(f"{len(articles)} articles, {words:,} words, fastest of {chosen.rounds} rounds\n")
    print(f"{'stage of en_wire':24} {'ms per 1,000 words':>18}")
    for name, work in stages(pipelines["en_wire"], articles):
        print(f"{name:24} {1e6 * fastest(work, chosen.rounds) / words:18.2f}")
    print(f"\n{'whole pipeline':24} {'words/s':>18}")
    for name, nlp in pipelines.items():
        whole = fastest(lambda nlp=nlp: [None for _ in nlp.pipe(articles)], chosen.rounds)  # type: ignore[misc]
        print(f"{name:24} {words / whole:18,.0f}")
    print(f"\nresident at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
