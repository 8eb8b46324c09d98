"""Measure how much of the text of real pages, and how many of their metadata, our parser gets right.

    python benchmarks/quality/pages.py CORPUS …        [--worst N] [--metadata]

A corpus is a folder of saved pages with their true content: `gold.jsonl` (file, url, body, title, authors,
publishing_date, crawl_date; gzipped pages) or `ground-truth.json` with `html/`. Plain trafilatura is measured beside
our parser. Authors are counted a second time without desks and outlets, because we name people only.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from shingles import Overlap, overlap, summary

from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.html import parse_html
from quotewire_ingest.parse.metadata.bylines import split_bylines
from quotewire_ingest.rejection import Rejected


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page and its true content."""

    name: str
    path: Path
    url: str
    body: str
    title: str | None = None
    authors: list[str] = field(default_factory=list)
    published: str | None = None
    crawled: str | None = None
    publisher: str = ""

    @property
    def fetched_at(self) -> datetime:
        """When the page was saved; now, if that is not known."""
        return datetime.fromisoformat(self.crawled).replace(tzinfo=UTC) if self.crawled else datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a parser made of a page."""

    text: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    exact: bool = False
    seconds: float = 0.0
    problem: str = ""


def pages_of(corpus: Path) -> Iterator[Page]:
    """Yield the pages of a corpus in either of its two forms."""
    gold = corpus / "gold.jsonl"
    if gold.exists():
        for line in gold.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield Page(
                row["file"], corpus / row["file"], row["url"], unicodedata.normalize("NFC", row["body"] or ""),
                row["title"], row["authors"] or [], row["publishing_date"], row["crawl_date"], row["publisher"],
            )  # fmt: skip
    else:
        for name, row in json.loads((corpus / "ground-truth.json").read_text("utf-8")).items():
            yield Page(name, corpus / "html" / f"{name}.html.gz", row["url"], row["articleBody"])


def ours(page: Page) -> Extraction:
    """Use our parser."""
    body = gzip.decompress(page.path.read_bytes())
    started = time.perf_counter()
    try:
        parsed = parse_html(
            Document(page.name, body, DocumentKind.HTML, "bench", None, page.fetched_at, url=page.url), 50_000
        )
    except Rejected as rejected:
        return Extraction(problem=f"{rejected.reason}: {rejected.message}", seconds=time.perf_counter() - started)
    exact = parsed.published_precision in ("second", "minute")
    seconds = time.perf_counter() - started
    return Extraction(parsed.text, parsed.title, tuple(parsed.authors), parsed.published_at, exact, seconds)


def plain_trafilatura(page: Page) -> Extraction:
    """Use trafilatura as its documentation does."""
    import trafilatura

    body = gzip.decompress(page.path.read_bytes())
    started = time.perf_counter()
    found: Any = trafilatura.bare_extraction(body, url=page.url, with_metadata=True, include_comments=False)
    seconds = time.perf_counter() - started
    if found is None:
        return Extraction(problem="nothing", seconds=seconds)
    authors = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
    published = datetime.fromisoformat(found.date).replace(tzinfo=UTC) if found.date else None
    return Extraction(found.text or "", found.title, authors, published, False, seconds)


def right_day(page: Page, extraction: Extraction) -> bool:
    """Whether the day of publication is right: exact times in their own time zone, days as written."""
    if page.published is None or extraction.published is None:
        return page.published is None and extraction.published is None
    true = datetime.fromisoformat(page.published)
    if extraction.exact and true.tzinfo is not None:
        return abs((extraction.published - true).total_seconds()) < 86_400 and (
            extraction.published.astimezone(true.tzinfo).date() == true.date()
        )
    return extraction.published.date() == true.date()


def title_within(page: Page, extraction: Extraction) -> bool:
    """Whether one title contains the other: true titles often lack the kicker."""
    true, found = fold(page.title or ""), fold(extraction.title or "")
    return (true in found or found in true) if true and found else true == found


def check_metadata(page: Page, extraction: Extraction) -> dict[str, bool | None]:
    """Return which metadata are right; None where the true value is not known."""
    true = [name for name in page.authors if name]
    persons = split_bylines(true, [page.publisher])
    found = {fold(name) for name in extraction.authors}
    return {
        "title =": fold(page.title or "") == fold(extraction.title or ""),
        "title ⊆": title_within(page, extraction),
        "date (day)": right_day(page, extraction),
        "authors =": {fold(name) for name in true} == found,
        "people =": {fold(name) for name in persons} == found,
    }


def measure(corpus: Path, pages: Sequence[Page], parser: Callable[[Page], Extraction], pool: Any, args: Any) -> None:
    """Print one parser's row, and for ours on demand the worst pages and the wrong metadata."""
    extractions = list(pool.map(parser, pages, chunksize=4))
    overlaps = [overlap(page.body, extraction.text) for page, extraction in zip(pages, extractions, strict=True)]
    precision, recall, f1 = summary(overlaps)
    low = sum(each.f1 < 0.5 for each in overlaps)
    empty = sum(not extraction.text for extraction in extractions)
    rate = len(pages) / sum(extraction.seconds for extraction in extractions)
    row = f"{corpus.name:8} {parser.__name__:18} {f1:.4f} {precision:.4f} {recall:.4f} {low:5} {empty:5} {rate:8.1f}"
    if any(page.title for page in pages):
        results = [check_metadata(page, extraction) for page, extraction in zip(pages, extractions, strict=True)]
        row += "  " + "  ".join(f"{name} {share(results, name):.3f}" for name in results[0])
        if args.metadata and parser is ours:
            show_metadata(pages, extractions, results)
    print(row, flush=True)
    if parser is ours:
        show_worst(pages, extractions, overlaps, args.worst)


def share(results: Sequence[dict[str, bool | None]], name: str) -> float:
    """Return how often one kind of metadata is right."""
    asked = [result[name] for result in results if result[name] is not None]
    return sum(map(bool, asked)) / len(asked)


def show_metadata(
    pages: Sequence[Page], extractions: Sequence[Extraction], results: Sequence[dict[str, bool | None]]
) -> None:
    """Print wrong metadata beside the true."""
    for page, extraction, result in zip(pages, extractions, results, strict=True):
        if not result["title ⊆"]:
            print(f"  title   {page.name}: {extraction.title!r} for {page.title!r}")
        if not result["date (day)"]:
            print(f"  date    {page.name}: {extraction.published} for {page.published}")
        if not result["people ="]:
            print(f"  authors {page.name}: {list(extraction.authors)} for {page.authors}")


def show_worst(
    pages: Sequence[Page], extractions: Sequence[Extraction], overlaps: Sequence[Overlap], count: int
) -> None:
    """Print the pages whose text is worst."""
    for each, page, extraction in sorted(zip(overlaps, pages, extractions, strict=True), key=lambda row: row[0].f1)[
        :count
    ]:
        print(
            f"  {each.f1:.3f} right {each.right:.2f} wrong {each.wrong:.2f} missed {each.missed:.2f}"
            f" {page.name} {extraction.problem}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="show the N worst pages")
    parser.add_argument("--metadata", action="store_true", help="show all metadata that are wrong")
    parser.add_argument("--ours-only", action="store_true", help="leave plain trafilatura out")
    args = parser.parse_args()
    print("corpus   parser                 F1      P      R  <.5  empty  pages/s")
    with ProcessPoolExecutor(2) as pool:
        for corpus in args.corpora:
            pages = list(pages_of(corpus))
            for each in (ours,) if args.ours_only else (plain_trafilatura, ours):
                measure(corpus, pages, each, pool, args)


if __name__ == "__main__":
    main()
