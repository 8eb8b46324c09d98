"""Measure how well hard-wrapped plain text is joined into paragraphs, and that other texts stay as they are.

    python benchmarks/quality/wrapping.py CORPUS …        [--wrong N]

The corpora are those of `pages.py`. The true text of each page, a line per paragraph, is wrapped in several ways and
joined again. `breaks` is the share of the wrapper's line ends that are joined, `paragraphs` the share of the ends of
paragraphs that stay, `changed` the number of true texts that the joining changes although nobody wrapped them.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pages import pages_of

from quotewire_ingest.parse.line_wrapping.paragraphs import join_wrapped_lines
from quotewire_ingest.parse.normalization import normalize_text

WIDTHS = (40, 60, 72, 80)
_SYLLABLES = re.compile(r"(?<=[a-z][aeiou][bcdfglmnprst])(?=[bcdfglmnprst][aeiou][a-z])")


def fill(paragraph: str, width: int, indent: str = "") -> str:
    """Wrap a paragraph as textwrap does, at blanks only."""
    return textwrap.fill(paragraph, width, initial_indent=indent, break_on_hyphens=False, break_long_words=False)


def ragged(paragraph: str, width: int) -> str:
    """Wrap a paragraph below a width that differs from line to line, as proportional letters do."""
    lines: list[str] = []
    rest = paragraph
    chance = random.Random(paragraph)
    while rest:
        line = fill(rest, width - chance.randint(0, width // 10)).split("\n", 1)[0]
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    return "\n".join(lines)


def hyphenated(paragraph: str, width: int) -> str:
    """Wrap a paragraph and divide long words between two consonants."""
    lines, line = [], ""
    for word in paragraph.split():
        if not line or len(line) + 1 + len(word) <= width:
            line = f"{line} {word}".strip()
            continue
        cuts = [cut.start() for cut in _SYLLABLES.finditer(word) if len(line) + 2 + cut.start() <= width]
        if cuts:
            lines.append(f"{line} {word[: cuts[-1]]}-")
            line = word[cuts[-1] :]
        else:
            lines.append(line)
            line = word
    return "\n".join([*lines, line])


WAYS: dict[str, tuple[Callable[[str, int], str], str]] = {
    "blank lines": (fill, "\n\n"),
    "no blank lines": (fill, "\n"),
    "indented": (lambda paragraph, width: fill(paragraph, width, "   "), "\n"),
    "ragged": (ragged, "\n\n"),
    "hyphenated": (hyphenated, "\n\n"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpora", nargs="+", type=Path)
    parser.add_argument("--wrong", type=int, default=0, help="show N of the places where a line end is wrong")
    args = parser.parse_args()
    bodies = [normalize_text(page.body) for corpus in args.corpora for page in pages_of(corpus) if page.body.strip()]
    changed = [body for body in bodies if join_wrapped_lines(body) != body]
    print(f"{len(bodies)} texts, changed: {len(changed)}")
    for body in changed[: args.wrong]:
        after = set(join_wrapped_lines(body).split("\n"))
        print("\n".join(f"  {line[:150]}" for line in after - set(body.split("\n"))))
    print(f"{'':16}{'width':>6} breaks paragraphs")
    for name, (wrap, separator) in WAYS.items():
        for width in WIDTHS:
            joined = broken = kept = ends = 0
            for body in bodies:
                paragraphs = [" ".join(line.split()) for line in body.split("\n") if line.strip()]
                wrapped = normalize_text(separator.join(wrap(paragraph, width) for paragraph in paragraphs))
                result = [line for line in join_wrapped_lines(wrapped).split("\n") if line.strip()]
                joined_ends = positions(result)
                true_ends, all_ends = positions(paragraphs), positions([s for s in wrapped.split("\n") if s.strip()])
                broken += len(all_ends - true_ends)
                joined += len(all_ends - true_ends - joined_ends)
                ends += len(true_ends)
                kept += len(true_ends & joined_ends)
            print(f"{name:16}{width:>6} {joined / max(1, broken):.4f} {kept / max(1, ends):.4f}")


def positions(lines: list[str]) -> set[int]:
    """Return where lines end, counted in letters and digits, without the end of the text."""
    ends, position = set(), 0
    for line in lines[:-1]:
        position += sum(map(str.isalnum, line))
        ends.add(position)
    return ends


if __name__ == "__main__":
    main()
