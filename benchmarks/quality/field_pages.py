"""Score pages, texts, feeds and sitemaps against the values that a reader would expect of each.

    python benchmarks/quality/field_pages.py FIELD [--wrong] [--kind WORDS]

``FIELD`` is a folder with ``pages.jsonl`` (a line per input: ``id``, ``kind``, ``file``, ``url``, ``expected``) and the
files it names. Pages and texts go through ``quotewire read --manifest``, feeds and sitemaps through ``quotewire
discover``, as a user would run them. An input is right when all of its expected values are met; a list in ``day``,
``title`` or ``n`` is a choice of values. Inputs whose file is only described (they need a server) are not scored here.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("quotewire")
PAGES, FEEDS = (".html", ".txt"), (".xml", ".gz")

Input = dict[str, Any]
Output = dict[str, Any] | None
"""What the command printed for an input; None where it was rejected."""


def main() -> None:
    """Print the share of right inputs per group, and on request what is wrong."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("field", type=Path)
    options.add_argument("--wrong", action="store_true", help="list each wrong input with what it gave")
    options.add_argument("--kind", default="", help="only inputs whose kind holds these words")
    given = options.parse_args()
    inputs = [json.loads(line) for line in (given.field / "pages.jsonl").read_text("utf-8").splitlines()]
    inputs = [one for one in inputs if given.kind in one["kind"]]
    groups = {
        "pages and texts": ([one for one in inputs if one["file"].endswith(PAGES)], read_pages, page_faults),
        "feeds and sitemaps": (
            [one for one in inputs if one["file"].endswith(FEEDS) and ".warc" not in one["file"]],
            discover,
            feed_faults,
        ),
    }
    for name, (members, run, faults_of) in groups.items():
        members = [one for one in members if (given.field / one["file"]).is_file()]
        outputs = run(given.field, members)
        faults = {one["id"]: list(faults_of(one["expected"], outputs[one["id"]])) for one in members}
        right = sum(not found for found in faults.values())
        print(f"{name}: {right} of {len(members)} right, {right / max(1, len(members)):.1%}")
        if given.wrong:
            for one in members:
                if faults[one["id"]]:
                    print(f"  {one['id']:8} {one['kind']}: {'; '.join(faults[one['id']])}")


def read_pages(field: Path, members: list[Input]) -> dict[str, Output]:
    """Read all pages and texts in one run of the command."""
    paths = {str((field / one["file"]).resolve()): one["id"] for one in members}
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as manifest:
        for one in members:
            line = {"path": str((field / one["file"]).resolve())} | ({"url": one["url"]} if one["url"] else {})
            manifest.write(json.dumps(line) + "\n")
        manifest.flush()
        done = subprocess.run(
            [COMMAND, "read", "--manifest", manifest.name], capture_output=True, text=True, check=False
        )
    rejected = {one["id"] for one in members for line in done.stderr.splitlines() if f"/{one['file']}:" in line}
    printed = iter(map(json.loads, done.stdout.splitlines()))
    # The command prints articles in the order of the manifest and leaves out what it rejects.
    return {identity: None if identity in rejected else next(printed) for identity in paths.values()}


def discover(field: Path, members: list[Input]) -> dict[str, Output]:
    """Discover the entries of each feed or sitemap, or what a sitemap index names."""
    found: dict[str, Output] = {}
    for one in members:
        host = "ledger.example" if one["expected"].get("kind") in ("sitemap", "index") else "feeds.ledger.example"
        url = one["url"] or f"https://{host}/feed.xml"  # the address under which the expected values were written
        command = [COMMAND, "discover", str(field / one["file"]), "--url", url]
        if "children" in one["expected"]:
            named = json.loads(subprocess.run([*command, "--json"], capture_output=True, text=True, check=False).stdout)
            found[one["id"]] = {"children": [child["url"] for child in named["found"] if child["url"] != url]}
            continue
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        found[one["id"]] = {"entries": [json.loads(line) for line in lines]} if lines else None
    return found


def page_faults(expected: dict[str, Any], article: Output) -> Iterator[str]:
    """Say what of an article is not as expected."""
    if expected.get("refused"):
        if article is not None:
            yield "not rejected"
        return
    if article is None:
        yield "rejected"
        return
    day = (article.get("published_at") or "")[:10] or None
    if "day" in expected and day not in choice(expected["day"]):
        yield f"day {day} for {expected['day']}"
    if "at" in expected and article.get("published_at") != expected["at"]:
        yield f"published {article.get('published_at')} for {expected['at']}"
    if "modified" in expected and (article.get("modified_at") or "")[:10] != expected["modified"]:
        yield f"modified {article.get('modified_at')} for {expected['modified']}"
    if "title" in expected and article.get("title") not in choice(expected["title"]):
        yield f"title {article.get('title')!r} for {expected['title']!r}"
    authors = sorted(article.get("authors", []))
    choices = expected.get("authors_any") or ([expected["authors"]] if "authors" in expected else [authors])
    if authors not in [sorted(names) for names in choices]:
        yield f"authors {authors} for {choices[0]}"
    if "language" in expected and article.get("language") != expected["language"]:
        yield f"language {article.get('language')} for {expected['language']}"
    if "url" in expected and expected["url"] not in (article.get("url"), article.get("canonical_url")):
        yield f"url {article.get('url')} for {expected['url']}"
    text = squeezed(article["text"])
    counts = Counter(
        {words: text.count(squeezed(words)) for key in ("in", "not_in", "once") for words in expected.get(key, ())}
    )
    yield from (f"lacks {words!r}" for words in expected.get("in", ()) if not counts[words])
    yield from (f"holds {words!r}" for words in expected.get("not_in", ()) if counts[words])
    yield from (f"{counts[words]} times {words!r}" for words in expected.get("once", ()) if counts[words] != 1)


def feed_faults(expected: dict[str, Any], found: Output) -> Iterator[str]:
    """Say what of a feed's entries is not as expected."""
    entries = found.get("entries", []) if found else []
    if "n" in expected and len(entries) not in choice(expected["n"]):
        yield f"{len(entries)} entries for {expected['n']}"
    if set(expected) <= {"n", "note"}:
        return
    if "children" in expected:
        if not found or found["children"] != expected["children"]:
            yield f"children {found and found['children']} for {expected['children']}"
        return
    if not entries:
        yield "no entry"
        return
    first = entries[0]
    for key in ("url", "title"):
        if key in expected and first.get(key) not in choice(expected[key]):
            yield f"{key} {first.get(key)!r} for {expected[key]!r}"
    day = (first.get("published_at") or "")[:10] or None
    if "first_day" in expected and day not in choice(expected["first_day"]):
        yield f"day {day} for {expected['first_day']}"
    if "first_at" in expected and first.get("published_at") not in choice(expected["first_at"]):
        yield f"published {first.get('published_at')} for {expected['first_at']}"
    if "author" in expected and first.get("authors") != expected["author"]:
        yield f"authors {first.get('authors')} for {expected['author']}"


def choice(value: Any) -> list[Any]:
    """The values of which one is expected."""
    return value if isinstance(value, list) else [value]


def squeezed(text: str) -> str:
    """A text with single blanks: where a line ends is not compared."""
    return " ".join(text.split())


if __name__ == "__main__":
    main()
