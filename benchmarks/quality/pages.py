"""How much of the text of real pages, and how many of the facts about them, our reader gets right.

    python benchmarks/quality/pages.py CORPUS …        [--worst N] [--facts]

A corpus is a folder of saved pages with the truth beside them: `gold.jsonl` (file, url, body, title, authors,
publishing_date, crawl_date; gzipped pages) or `ground-truth.json` with `html/`. Printed beside it: plain trafilatura.
Our share of authors is also given for people alone, since true authors include desks and outlets, which we do not name.
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
    """A saved page and the truth about it."""

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
    def seen_at(self) -> datetime:
        """When the page was saved; now, where that is not known."""
        return datetime.fromisoformat(self.crawled).replace(tzinfo=UTC) if self.crawled else datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader made of a page."""

    text: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    exact: bool = False
    seconds: float = 0.0
    problem: str = ""


def pages_of(corpus: Path) -> Iterator[Page]:
    """Read the truth of a corpus in either of its two forms."""
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


def ours(page: Page) -> Answer:
    """Our reader."""
    body = gzip.decompress(page.path.read_bytes())
    began = time.perf_counter()
    try:
        reading = parse_html(
            Document(page.name, body, DocumentKind.HTML, "bench", None, page.seen_at, url=page.url), 50_000
        )
    except Rejected as refused:
        return Answer(problem=f"{refused.reason}: {refused.message}", seconds=time.perf_counter() - began)
    exact = reading.published_precision in ("second", "minute")
    seconds = time.perf_counter() - began
    return Answer(reading.text, reading.title, tuple(reading.authors), reading.published_at, exact, seconds)


def plain_trafilatura(page: Page) -> Answer:
    """Trafilatura as its documentation uses it."""
    import trafilatura

    body = gzip.decompress(page.path.read_bytes())
    began = time.perf_counter()
    found: Any = trafilatura.bare_extraction(body, url=page.url, with_metadata=True, include_comments=False)
    seconds = time.perf_counter() - began
    if found is None:
        return Answer(problem="nothing", seconds=seconds)
    authors = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
    published = datetime.fromisoformat(found.date).replace(tzinfo=UTC) if found.date else None
    return Answer(found.text or "", found.title, authors, published, False, seconds)


def right_day(page: Page, answer: Answer) -> bool:
    """Whether the day of publication is right: exact times in their own zone, days as they are written."""
    if page.published is None or answer.published is None:
        return page.published is None and answer.published is None
    true = datetime.fromisoformat(page.published)
    if answer.exact and true.tzinfo is not None:
        return abs((answer.published - true).total_seconds()) < 86_400 and (
            answer.published.astimezone(true.tzinfo).date() == true.date()
        )
    return answer.published.date() == true.date()


def title_within(page: Page, answer: Answer) -> bool:
    """Whether one title contains the other: true titles often lack the kicker."""
    true, found = fold(page.title or ""), fold(answer.title or "")
    return (true in found or found in true) if true and found else true == found


def facts(page: Page, answer: Answer) -> dict[str, bool | None]:
    """Which facts are right; None where the truth is not known or does not ask."""
    true = [name for name in page.authors if name]
    persons = split_bylines(true, [page.publisher])
    found = {fold(name) for name in answer.authors}
    return {
        "title =": fold(page.title or "") == fold(answer.title or ""),
        "title ⊆": title_within(page, answer),
        "date (day)": right_day(page, answer),
        "authors =": {fold(name) for name in true} == found,
        "people =": {fold(name) for name in persons} == found,
    }


def measure(corpus: Path, pages: Sequence[Page], reader: Callable[[Page], Answer], pool: Any, args: Any) -> None:
    """Print one reader's row, and on demand its worst pages and wrong facts."""
    answers = list(pool.map(reader, pages, chunksize=4))
    overlaps = [overlap(page.body, answer.text) for page, answer in zip(pages, answers, strict=True)]
    precision, recall, f1 = summary(overlaps)
    low = sum(each.f1 < 0.5 for each in overlaps)
    empty = sum(not answer.text for answer in answers)
    rate = len(pages) / sum(answer.seconds for answer in answers)
    row = f"{corpus.name:8} {reader.__name__:18} {f1:.4f} {precision:.4f} {recall:.4f} {low:5} {empty:5} {rate:8.1f}"
    if any(page.title for page in pages):
        rights = [facts(page, answer) for page, answer in zip(pages, answers, strict=True)]
        row += "  " + "  ".join(f"{name} {share(rights, name):.3f}" for name in rights[0])
        if args.facts and reader is ours:
            show_facts(pages, answers, rights)
    print(row, flush=True)
    if reader is ours:
        show_worst(pages, answers, overlaps, args.worst)


def share(rights: Sequence[dict[str, bool | None]], name: str) -> float:
    """How often a fact is right."""
    asked = [right[name] for right in rights if right[name] is not None]
    return sum(map(bool, asked)) / len(asked)


def show_facts(pages: Sequence[Page], answers: Sequence[Answer], rights: Sequence[dict[str, bool | None]]) -> None:
    """Print what is wrong beside what is true."""
    for page, answer, right in zip(pages, answers, rights, strict=True):
        if not right["title ⊆"]:
            print(f"  title   {page.name}: {answer.title!r} for {page.title!r}")
        if not right["date (day)"]:
            print(f"  date    {page.name}: {answer.published} for {page.published}")
        if not right["people ="]:
            print(f"  authors {page.name}: {list(answer.authors)} for {page.authors}")


def show_worst(pages: Sequence[Page], answers: Sequence[Answer], overlaps: Sequence[Overlap], count: int) -> None:
    """Print the pages whose text is worst."""
    for each, page, answer in sorted(zip(overlaps, pages, answers, strict=True), key=lambda row: row[0].f1)[:count]:
        print(
            f"  {each.f1:.3f} right {each.right:.2f} wrong {each.wrong:.2f} missed {each.missed:.2f}"
            f" {page.name} {answer.problem}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="show the N worst pages")
    parser.add_argument("--facts", action="store_true", help="show every fact that is wrong")
    parser.add_argument("--ours-only", action="store_true", help="leave plain trafilatura out")
    args = parser.parse_args()
    print("corpus   reader                 F1      P      R  <.5  empty  pages/s")
    with ProcessPoolExecutor(2) as pool:
        for corpus in args.corpora:
            pages = list(pages_of(corpus))
            for reader in (ours,) if args.ours_only else (plain_trafilatura, ours):
                measure(corpus, pages, reader, pool, args)


if __name__ == "__main__":
    main()
