"""Read our own articles, whose quotations are marked inline.

A file holds articles, each begun by a line `# genre | place`; a blank line ends a paragraph. Inside the text, tags
with the number of their quotation mark its parts, and parts may overlap in any way:

    <s1>The harbour master</s1> <c1>said</c1> <q1>the pier would open in May</q1>.

`s` is the source, `c` the cue, `q` the content of a quotation. `r` stands for `q` where something is reported that our
guideline does not count as a quotation (`The two sides <c2>discussed</c2> <r2>the ceasefire</r2>`): the tagger learns
to find it and to distinguish it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quotewire_training.spans import Attribution, QuotedText, Stretch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TAG = re.compile(r"<(/?)([scqr])(\d+)>")
_STRAY = re.compile(r"</?\w+>")
_PARTS = {"s": "source", "c": "cue", "q": "content", "r": "content"}


class MarkupError(ValueError):
    """A marked file that cannot be read; the message names the file, the line and the fault."""


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """One invented article: its heading's two words and its text with attributions."""

    genre: str
    place: str
    quoted: QuotedText


def read_markup(path: Path) -> list[MarkedArticle]:
    """Read every article of one file. Raises MarkupError."""
    articles: list[MarkedArticle] = []
    for number, heading, body in _articles(path):
        genre, separator, place = heading.partition("|")
        if not separator:
            raise MarkupError(f"{path}:{number}: the heading must read '# genre | place'")
        try:
            text, attributions = read_marked(body.strip("\n"))
        except ValueError as error:
            raise MarkupError(f"{path}:{number}: in the article below this heading: {error}") from error
        name = f"{path.stem}-{len(articles) + 1:03}"
        articles.append(MarkedArticle(genre.strip(), place.strip(), QuotedText(name, text, tuple(attributions))))
    if not articles:
        raise MarkupError(f"{path}: no article; the first must begin with a line '# genre | place'")
    return articles


def _articles(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield line number of the heading, heading and body of each article."""
    heading, begun, body = "", 0, list[str]()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.startswith("# "):
            if begun:
                yield begun, heading, "\n".join(body)
            heading, begun, body = line[2:], number, []
        elif begun:
            body.append(line)
        elif line.strip():
            raise MarkupError(f"{path}:{number}: text before the first heading")
    if begun:
        yield begun, heading, "\n".join(body)


def read_marked(marked: str) -> tuple[str, list[Attribution]]:
    """Remove the tags; return the bare text and the attributions in the order of their numbers.

    Raises ValueError for a tag that is opened twice, not closed, not opened or unknown, and for a number without
    content or with both `q` and `r`.
    """
    text, place = "", 0
    opened: dict[str, int] = {}
    found: dict[int, dict[str, list[Stretch]]] = {}
    reported: set[int] = set()
    for match in _TAG.finditer(marked):
        text += marked[place : match.start()]
        place = match.end()
        closing, letter, number = match.group(1), match.group(2), int(match.group(3))
        tag = letter + match.group(3)
        if not closing:
            if tag in opened:
                raise ValueError(f"<{tag}> is opened twice")
            opened[tag] = len(text)
            continue
        if tag not in opened:
            raise ValueError(f"</{tag}> closes nothing")
        start = opened.pop(tag)
        if start == len(text):
            raise ValueError(f"<{tag}> holds no text")
        if letter == "r":
            reported.add(number)
        elif letter == "q" and number in reported:
            raise ValueError(f"{number} has both q and r")
        found.setdefault(number, {}).setdefault(_PARTS[letter], []).append((start, len(text)))
    text += marked[place:]
    if opened:
        raise ValueError(f"<{next(iter(opened))}> is not closed")
    if stray := _STRAY.search(text):
        raise ValueError(f"{stray.group()} is no tag of ours")
    attributions = []
    for number, parts in sorted(found.items()):
        if "content" not in parts:
            raise ValueError(f"number {number} has no content (q or r)")
        spans = {part: tuple(stretches) for part, stretches in parts.items()}
        attributions.append(Attribution(**spans, core=number not in reported))
    return text, attributions
