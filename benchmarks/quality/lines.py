"""Measure how well our cleaner tells the lines of an article from boilerplate, in plain text.

    python benchmarks/quality/lines.py CORPUS …        [--lost N]

The corpora are those of `pages.py`. English pages are turned into plain text by three extractors that leave boilerplate
in it (a baseline, a port of readability, and everything but navigation; resiliparse too if it is installed). Every line
is labelled from the true text: good if at least half of its four-word shingles are in it (a shorter line: if the true
text has such a line), as often as the true text has it. P, R and F1 are over words, `junk gone` and `good lost` over
lines; `edge` keeps a text from its first to its last sentence. `--reasons` shows how many lines are dropped for which
reason.
"""

from __future__ import annotations

import argparse
import gzip
import logging
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pages import Page, pages_of
from shingles import SHINGLE_WORDS, harmonic

from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate
from quotewire_ingest.parse.boilerplate.sentences import is_sentence
from quotewire_ingest.parse.charset import decode_page
from quotewire_ingest.parse.html_tree import build_tree
from quotewire_ingest.parse.language import detect_language
from quotewire_ingest.parse.normalization import normalize_text
from quotewire_ingest.rejection import Rejected

EXTRACTORS = ["baseline", "readability", "everything"]
if find_spec("resiliparse"):
    EXTRACTORS.append("resiliparse")


@dataclass(frozen=True, slots=True)
class Sample:
    """A text with boilerplate, and for each of its lines whether it belongs to the article."""

    name: str
    text: str
    good: dict[str, int]
    """How often each line stands in the article; lines without a letter or digit are left out."""


def samples_of(page: Page) -> list[Sample]:
    """Return the texts that the extractors make of a page, labelled."""
    logging.disable(logging.CRITICAL)
    if detect_language(page.body) != "en":
        return []
    found = []
    for extractor in EXTRACTORS:
        try:
            text = normalize_text(extract(extractor, gzip.decompress(page.path.read_bytes())))
        except Rejected:
            continue
        labelled = {
            line.strip(): times(line.strip(), page.body) for line in text.split("\n") if any(map(str.isalnum, line))
        }
        if any(labelled.values()):
            found.append(Sample(f"{page.name}:{extractor}", text, labelled))
    return found


def extract(extractor: str, body: bytes) -> str:
    """Return the text of a page by one of the extractors, a line per block."""
    from lxml import html
    from trafilatura.baseline import baseline
    from trafilatura.readability_lxml import Document

    if extractor == "resiliparse":
        extract_plain_text = import_module("resiliparse.extract.html2text").extract_plain_text
        return str(extract_plain_text(decode_page(body), main_content=True))
    if extractor == "baseline":
        element, _, _ = baseline(body)
        return "\n".join(blocks(element))
    tree = build_tree(body, None, 50_000)
    if extractor == "readability":
        return "\n".join(blocks(html.fromstring(Document(tree).summary())))
    for element in list(tree.iter("script", "style", "noscript", "nav", "header", "footer", "form", "svg", "iframe")):
        element.drop_tree()
    return "\n".join(blocks(tree))


def blocks(tree: object) -> Iterator[str]:
    """Yield the text of each block of a tree that contains no other block."""
    inner = {
        "p",
        "div",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "section",
        "article",
        "blockquote",
        "figcaption",
        "td",
        "ul",
    }
    for element in tree.iter(*inner):  # type: ignore[attr-defined]
        if not any(child.tag in inner for child in element.iterdescendants()):
            line = " ".join("".join(element.itertext()).split())
            if line:
                yield line


def times(line: str, body: str) -> int:
    """Return how often a line stands in the true text; once if half of its shingles do."""
    words, true = line.split(), " ".join(body.split())
    n = SHINGLE_WORDS
    if len(words) < n:
        return sum(line.split() == words for line in body.split("\n"))
    shingles = [" ".join(words[i : i + n]) for i in range(len(words) - n + 1)]
    good = sum(shingle in true for shingle in shingles) >= len(shingles) / 2
    return max(1, true.count(" ".join(words))) if good else 0


def none(text: str) -> str:
    """Drop nothing."""
    return text


def edge(text: str) -> str:
    """Keep a text from its first sentence to its last."""
    lines = text.split("\n")
    sentences = [i for i, line in enumerate(lines) if line.strip() and is_sentence(line.strip())]
    return "\n".join(lines[sentences[0] : sentences[-1] + 1]) if sentences else text


def ours(text: str) -> str:
    """Use our cleaner for plain text."""
    cleaned = drop_boilerplate(text)
    return "\n".join([*([cleaned.title] if cleaned.title else []), cleaned.text])


def measure(name: str, cleaner: Callable[[str], str], samples: list[Sample], lost_shown: int) -> None:
    """Print one cleaner's row."""
    words: Counter[tuple[bool, bool]] = Counter()
    lines: Counter[tuple[bool, bool]] = Counter()
    harmed = 0
    lost: list[str] = []
    for sample in samples:
        kept = Counter(line.strip() for line in cleaner(sample.text).split("\n"))
        good_words = lost_words = 0
        for line, count in Counter(line.strip() for line in sample.text.split("\n")).items():
            if line not in sample.good:
                continue
            size, true, left = len(line.split()), min(count, sample.good[line]), min(count, kept[line])
            good_left = min(true, left)
            of_lines = {
                (True, True): good_left,
                (True, False): true - good_left,
                (False, True): left - good_left,
                (False, False): count - true - (left - good_left),
            }
            for key, number in of_lines.items():
                lines[key] += number
                words[key] += number * size
            good_words += true * size
            lost_words += (true - good_left) * size
            lost += [f"  {sample.name[:40]}: {line[:120]}"] * (true - good_left)
        harmed += lost_words > 0.2 * good_words
    precision = words[True, True] / (words[True, True] + words[False, True])
    recall = words[True, True] / (words[True, True] + words[True, False])
    dropped = lines[False, False] / (lines[False, True] + lines[False, False])
    gone = lines[True, False] / (lines[True, True] + lines[True, False])
    f1 = harmonic(precision, recall)
    print(f"{name:8} {precision:.4f} {recall:.4f} {f1:.4f} {dropped:11.3f} {gone:10.4f} {harmed:10} ")
    print(
        "\n".join(lost[:: max(1, len(lost) // lost_shown)]) if lost_shown and lost else "", end="\n" * bool(lost_shown)
    )


def show_reasons(samples: list[Sample]) -> None:
    """Print for each reason how many of the dropped lines were boilerplate and how many good."""
    good: Counter[str] = Counter()
    junk: Counter[str] = Counter()
    for sample in samples:
        for entry in drop_boilerplate(sample.text).dropped:
            if entry.text in sample.good and entry.reason != "title":
                (good if sample.good[entry.text] else junk)[entry.reason] += 1
    for reason in sorted(good | junk):
        print(f"  {reason:14} junk {junk[reason]:5}  good {good[reason]:4}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--reasons", action="store_true", help="show what is dropped for which reason")
    parser.add_argument("--lost", type=int, default=0, help="show N of the good lines that our cleaner drops")
    args = parser.parse_args()
    pages = [page for corpus in args.corpora for page in pages_of(corpus)]
    with ProcessPoolExecutor(2) as pool:
        samples = [sample for found in pool.map(samples_of, pages, chunksize=4) for sample in found]
    for extractor in EXTRACTORS:
        chosen = [sample for sample in samples if sample.name.endswith(extractor)]
        print(f"\n{extractor}: {len(chosen)} texts, {sum(len(s.good) for s in chosen)} lines")
        print("cleaner       P      R     F1  junk gone  good lost  texts -20%")
        for name, cleaner in (("none", none), ("edge", edge), ("ours", ours)):
            measure(name, cleaner, chosen, args.lost if name == "ours" else 0)
        if args.reasons:
            show_reasons(chosen)


if __name__ == "__main__":
    main()
