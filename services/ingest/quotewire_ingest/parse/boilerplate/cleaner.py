"""Takes out of a text what is no part of the article, line by line, and keeps every dropped line with its reason.

Measured on pages of 180 outlets (`benchmarks/quality/lines.py`). The order matters: title and head first, then labels
with the links that follow them, then single lines, then the two edges. Inside the body nothing is dropped for being
short, for being repeated at a distance or for lacking a full stop: such rules cost more good lines than they save.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from quotewire_ingest.parse.boilerplate import patterns
from quotewire_ingest.parse.boilerplate.edges import drop_edges
from quotewire_ingest.parse.boilerplate.lines import TextLines
from quotewire_ingest.parse.boilerplate.sentences import is_cut_off, is_sentence
from quotewire_ingest.parse.titles import fold
from quotewire_schemas.article import Dropped

_ADDRESS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-–—*•·▪►>|]+|\d{1,2}[.)])\s+")
# Two rows of a table may well be the same.
_ROW = re.compile(r"^\||\t")
# Lines at the head in which title, byline and date are looked for, and at the tail for credits and calls.
_HEAD_LINES = 6
_TAIL_LINES = 8
# The longest line that can be furniture, a byline or a date, in words.
_SHORT_WORDS = 12
# In characters.
_LONGEST_CAPTION = 600
_LONGEST_NOTICE = 1200
_LONGEST_ASKING = 300
# How much longer than a title a line may be that repeats it with a kicker.
_KICKER = 1.8


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the page itself shows besides the text; empty for plain text. All texts folded by ``titles.fold``."""

    titles: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    """Texts of links."""
    headings: frozenset[str] = frozenset()
    """Texts of headings: one that is a link as well is a heading."""
    captions: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()


NO_CONTEXT = PageContext()


@dataclass(slots=True)
class CleanedText:
    """What is left of a text, what was a caption, and what was dropped why."""

    text: str
    title: str | None = None
    captions: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


def drop_boilerplate(text: str, page: PageContext = NO_CONTEXT) -> CleanedText:
    """Clean a text. With a page: what its head, its links and its captions say is used; without: the text alone."""
    lines = TextLines(text)
    title = _title(lines) if not page.titles else None
    _captions(lines, page)
    _head(lines, page)
    _labels(lines)
    _single(lines, page)
    _tail(lines)
    if page is NO_CONTEXT:
        drop_edges(lines)
    return _result(lines, title)


def _title(lines: TextLines) -> str | None:
    """The headline of a plain text: its first line, where that is no sentence, and a much longer one follows."""
    for index in lines.kept[:_HEAD_LINES]:
        line = lines[index]
        if is_sentence(line):
            return None
        if _is_furniture(line) or patterns.DATE.search(line) or patterns.BYLINE.match(line):
            continue
        after = [lines[i] for i in lines.kept if i > index][:3]
        if 3 <= len(line.split()) <= 25 and not line.endswith((":", ",", ";")) and any(map(is_sentence, after)):
            lines.drop(index, "title")
            return line
    return None


def _captions(lines: TextLines, page: PageContext) -> None:
    """Captions: known from the page, or printed twice in a row as pages do for people who hear and who see them."""
    for index in list(lines.kept):
        credit = patterns.PICTURE_CREDIT.search(lines[index]) if len(lines[index]) <= _LONGEST_CAPTION else None
        if fold(lines[index]) in page.captions or credit:
            lines.drop(index, "credits" if credit and not credit.start() else "caption")
    for here, after in _pairs(lines):
        if len(lines[here].split()) >= 3 and not _ROW.search(lines[here]):
            if page is NO_CONTEXT:
                lines.drop(here, "caption")
            lines.drop(after, "repeated")


def _pairs(lines: TextLines) -> list[tuple[int, int]]:
    """Lines that stand exactly twice in a row; a line that stands more often is a refrain or a table's head."""
    runs: list[list[int]] = []
    for index in lines.kept:
        if runs and lines[runs[-1][0]] == lines[index]:
            runs[-1].append(index)
        else:
            runs.append([index])
    return [(run[0], run[1]) for run in runs if len(run) == 2]


def _head(lines: TextLines, page: PageContext) -> None:
    """Title, byline, date and labels before the first sentence of the body."""
    for index in lines.kept[:_HEAD_LINES]:
        line, folded = lines[index], fold(lines[index])
        if any(folded == title or (title in folded and len(folded) <= _KICKER * len(title)) for title in page.titles):
            lines.drop(index, "title")
        elif len(line.split()) <= _SHORT_WORDS and not is_sentence(line):
            if folded in page.authors or patterns.BYLINE.match(line):
                lines.drop(index, "byline")
            elif patterns.DATE.search(line):
                lines.drop(index, "date_line")
            elif _ADDRESS.fullmatch(line):
                lines.drop(index, "furniture")
        elif is_sentence(line):
            break


def _labels(lines: TextLines) -> None:
    """`Related:` and its kind, with the links after them: bullets, or short lines that are no sentences."""
    kept = list(lines.kept)
    position = 0
    while position < len(kept):
        line = lines[kept[position]]
        position += 1
        if not patterns.RELATED.match(line) or (is_sentence(line) and len(line.split()) > 2 * _SHORT_WORDS):
            continue
        if position < len(kept) and _is_short_sentence(lines[kept[position]]):
            continue  # a heading of the article's own that reads like a label
        lines.drop(kept[position - 1], "related_label")
        bulleted = position < len(kept) and bool(_BULLET.match(lines[kept[position]]))
        while position < len(kept):
            following = lines[kept[position]]
            if not (_BULLET.match(following) if bulleted else _could_be_headline(following)):
                break
            if not bulleted and not line.rstrip().endswith((":", "...", "…")) and len(line.split()) > 4:
                break
            lines.drop(kept[position], "related_link")
            position += 1


def _is_short_sentence(line: str) -> bool:
    return line.endswith(".") and not is_cut_off(line) and not is_sentence(line)


def _could_be_headline(line: str) -> bool:
    return len(line.split()) >= 4 and not is_sentence(line) and not _is_short_sentence(line)


def _single(lines: TextLines, page: PageContext) -> None:
    """Lines that are furniture wherever they stand: short labels, and whole lines that are a link to elsewhere."""
    for index in list(lines.kept):
        line = lines[index]
        bare = _BULLET.sub("", line)
        if _is_furniture(line) or _is_notice(line) or not any(map(str.isalnum, line)):
            lines.drop(index, "furniture")
        elif len(bare) <= _LONGEST_ASKING and patterns.ASKING.match(bare):
            lines.drop(index, "reader_call")
        elif len(bare.split()) >= 4 and fold(bare) in page.links - page.headings:
            lines.drop(index, "related_link")


def _is_furniture(line: str) -> bool:
    return len(line.split()) <= _SHORT_WORDS and not is_sentence(line) and bool(patterns.FURNITURE.match(line))


def _is_notice(line: str) -> bool:
    return len(line) <= _LONGEST_NOTICE and bool(patterns.CONSENT.search(line)) and not _quotes(line)


def _tail(lines: TextLines) -> None:
    """From the end upwards: credits, calls to readers and lines that are no sentences, up to the last of the body."""
    for index in list(reversed(lines.kept))[:_TAIL_LINES]:
        line = lines[index]
        if len(lines.kept) <= 2:
            return
        if patterns.CREDITS.search(line) and len(line) < 400:
            lines.drop(index, "credits")
        elif patterns.CALL.search(line) and len(line) < 500 and not _quotes(line):
            lines.drop(index, "reader_call")
        elif is_sentence(line):
            return


def _quotes(line: str) -> bool:
    return bool(re.search(r"[“\"„«][^”\"“»]{15,}[”\"“»]", line))


def _result(lines: TextLines, title: str | None) -> CleanedText:
    kept = [
        line if why is None else "" if why == "blank" else None for line, why in zip(lines.all, lines.why, strict=True)
    ]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line for line in kept if line is not None)).strip("\n")
    dropped = [
        Dropped(text=line.strip(), reason=why)
        for line, why in zip(lines.all, lines.why, strict=True)
        if why is not None and why != "blank"
    ]
    captions = list(dict.fromkeys(entry.text for entry in dropped if entry.reason == "caption"))
    return CleanedText(text, title, captions, dropped)
