"""Load the marked news of a corpus folder: marks from this folder, texts from the pages.

    python benchmarks/quality/marked_news/articles.py CORPUS

CORPUS holds the folders ``aeb`` and ``world``. Prints how many of the marked articles it has.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quotewire_extract.quotation import CharSpan
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.parse.html import parse_html
from quotewire_ingest.rejection import Rejected

MARKS = Path(__file__).with_name("marks.jsonl")
HALVES = ("develop", "scored")
_MAX_ELEMENTS = 50_000
"""Elements of a page, as in the other commands that score pages."""


@dataclass(frozen=True, slots=True)
class MarkedQuotation:
    """One quotation as it was marked. Spans are code points of the article's text."""

    content: tuple[CharSpan, ...]
    cue: CharSpan | None
    source: CharSpan | None
    name: str | None
    type: str
    outer: bool


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """A marked article with its text."""

    url: str
    text: str
    half: str
    quotations: tuple[MarkedQuotation, ...]
    acts: tuple[CharSpan, ...]


class TextChanged(ValueError):
    """The parser gives another text than the one that was marked: its positions would be wrong."""


def load(corpus: Path, half: str | None = None, marks: Path = MARKS) -> Iterator[MarkedArticle | TextChanged]:
    """Yield the articles of a half, or of both, in the order of the file; ``TextChanged`` in place of one that changed.

    Raises ``FileNotFoundError`` where the corpus lacks a page.
    """
    for line in marks.read_text("utf-8").splitlines():
        row = json.loads(line)
        if half is None or row["half"] == half:
            try:
                yield _article(row, _text(corpus, row["page"], row["url"]))
            except TextChanged as changed:
                yield changed


def _article(row: dict[str, Any], text: str) -> MarkedArticle:
    if hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
        raise TextChanged(f"{row['url']}: the parser gives another text than the one that was marked")
    quotations = tuple(
        MarkedQuotation(
            tuple((start, end) for start, end in one["content"]),
            tuple(one["cue"]) if one["cue"] else None,
            tuple(one["source"]) if one["source"] else None,
            one["name"],
            one["type"],
            one.get("outer", False),
        )
        for one in row["quotations"]
    )
    return MarkedArticle(row["url"], text, row["half"], quotations, tuple((start, end) for start, end in row["acts"]))


def _text(corpus: Path, page: str, url: str) -> str:
    folder, _, name = page.partition("/")
    path = corpus / folder / name if name.endswith(".gz") else corpus / folder / "html" / f"{name}.html.gz"
    body = gzip.decompress(path.read_bytes())
    document = Document(name, body, DocumentKind.HTML, "bench", None, datetime.now(UTC), url=url)
    try:
        return parse_html(document, _MAX_ELEMENTS).text
    except Rejected as rejected:
        return f"{rejected.reason}: {rejected.message}"


def main() -> int:
    """Print the counts; 1 where a text changed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("corpus", type=Path)
    given = parser.parse_args()
    found = list(load(given.corpus))
    for half in HALVES:
        articles = [one for one in found if isinstance(one, MarkedArticle) and one.half == half]
        print(f"{half}: {len(articles)} articles, {sum(len(one.quotations) for one in articles)} quotations")
    changed = [one for one in found if isinstance(one, TextChanged)]
    for one in changed:
        print(one, file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
