"""Measure that text which is right stays as it is, and that damaged text is repaired.

    python benchmarks/quality/mojibake.py CORPUS …        [--wrong N]

The corpora are those of `pages.py`. The true texts and titles of the pages are repaired as they are (`changed`: to be
0), then each line with its UTF-8 bytes read as Windows-1252 and as Latin-1. `browser` keeps the bytes that Windows-1252
leaves undefined, `lossy` loses them.
"""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pages import pages_of

from quotewire_ingest.parse.mojibake import repair_mojibake


def browser(line: str) -> str:
    """Read UTF-8 as browsers read Windows-1252: undefined bytes are control characters."""
    pieces = (bytes([byte]) for byte in line.encode())
    return "".join(
        piece.decode("cp1252") if piece not in b"\x81\x8d\x8f\x90\x9d" else piece.decode("latin-1") for piece in pieces
    )


def lossy(line: str) -> str:
    """Read UTF-8 as Windows-1252 and lose what that leaves undefined."""
    return line.encode().decode("cp1252", "ignore")


def latin(line: str) -> str:
    """Read UTF-8 as Latin-1."""
    return line.encode().decode("latin-1")


WAYS: dict[str, Callable[[str], str]] = {"browser": browser, "lossy": lossy, "latin": latin}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("corpora", nargs="+", type=Path)
    options.add_argument("--wrong", type=int, default=0, help="show N lines of each kind that come out wrong")
    given = options.parse_args()
    texts = [unicodedata.normalize("NFC", text) for corpus in given.corpora for text in texts_of(corpus)]
    lines = [line for text in texts for line in text.split("\n")]
    changed = [line for text in texts if repair_mojibake(text) != text for line in text.split("\n")]
    changed = [line for line in changed if repair_mojibake(line) != line]
    print(f"{len(texts)} texts and titles, {len(lines)} lines, changed: {len(changed)}")
    for line in changed[: given.wrong]:
        print(f"  {line[:200]!r}\n  {repair_mojibake(line)[:200]!r}")
    for name, damage in WAYS.items():
        damaged = [line for line in lines if damage(line) != line]
        wrong = [line for line in damaged if repair_mojibake(damage(line)) != line]
        print(f"{name:8} {len(damaged)} damaged lines, repaired {1 - len(wrong) / max(1, len(damaged)):.4f}")
        for line in wrong[: given.wrong]:
            print(f"  {line[:200]!r}\n  {repair_mojibake(damage(line))[:200]!r}")


def texts_of(corpus: Path) -> Iterator[str]:
    """Yield the true texts and titles of a corpus."""
    for page in pages_of(corpus):
        yield page.body
        if page.title:
            yield page.title


if __name__ == "__main__":
    main()
