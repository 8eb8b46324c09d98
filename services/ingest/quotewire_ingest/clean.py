"""Takes out of a text what is no part of the article, line by line, and keeps every dropped line with its reason.

Measured on pages of 180 outlets (`benchmarks/quality/lines.py`). The order matters: title and head first, then labels
with the links that follow them, then single lines, then the two edges. Inside the body nothing is dropped for being
short, for being repeated at a distance or for lacking a full stop: such rules cost more good lines than they save.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from quotewire_ingest import furniture
from quotewire_ingest.titles import fold
from quotewire_schemas.article import Dropped

# A line is a sentence from this many words on (characters, where words are not spaced) if it ends as one.
_SENTENCE_WORDS = 8
_SENTENCE_CHARACTERS = 60
# Three dots at the end are no end: so end teasers that were cut off.
_SENTENCE_END = re.compile(r"(?<!\.\.)[.!?。！？।؟][\"”’»“')\]]*\s*(?:\[\d+\])?$|[\"”»]$")
_CUT_OFF = re.compile(r"(?:\.\.\.|…)[\"”’)\]]*$")
_INNER_END = re.compile(r"[a-zà-ÿ0-9)”\"][.!?] +[\"“„«]?[A-ZÀ-Þ]|[。！？]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-–—*•·▪►>|]+|\d{1,2}[.)])\s+")
# Two rows of a table may well be the same.
_ROW = re.compile(r"^\||\t")
# Lines at the head in which title, byline and date are looked for, and at the tail for credits and calls.
_HEAD_LINES = 6
_TAIL_LINES = 8
# The longest line that can be furniture, a byline or a date, in words.
_SHORT_WORDS = 12
# Lines that must have been known as furniture before a text counts as one that leaks; what is no sentence at the edges
# of other texts is a list or a score more often (of 194 such lines 106; after three of them 11 in 12 are furniture).
_LEAKY = 3
# Lines of so many words go from the edges of any text: labels and names of sections.
_LABEL_WORDS = 3
# How much longer than a title a line may be that repeats it with a kicker.
_KICKER = 1.8


@dataclass(frozen=True, slots=True)
class Page:
    """What the page itself shows besides the text; empty for plain text. All texts folded by ``titles.fold``."""

    titles: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    """Texts of links."""
    headings: frozenset[str] = frozenset()
    """Texts of headings: one that is a link as well is a heading."""
    captions: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()


NO_PAGE = Page()


@dataclass(slots=True)
class Cleaned:
    """What is left of a text, what was a caption, and what was dropped why."""

    text: str
    title: str | None = None
    captions: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


class _Lines:
    """The lines of a text with the reason of each that is dropped."""

    def __init__(self, text: str) -> None:
        self.all = text.split("\n")
        self.why: list[str | None] = [None if line.strip() else "blank" for line in self.all]
        self.kept = [i for i, why in enumerate(self.why) if why is None]

    def drop(self, index: int, reason: str) -> None:
        self.why[index] = reason
        self.kept.remove(index)

    def __getitem__(self, index: int) -> str:
        return self.all[index].strip()


def clean(text: str, page: Page = NO_PAGE) -> Cleaned:
    """Clean a text. With a page: what its head, its links and its captions say is used; without: the text alone."""
    lines = _Lines(text)
    title = _title(lines) if not page.titles else None
    _captions(lines, page)
    _head(lines, page)
    _labels(lines)
    _single(lines, page)
    _tail(lines)
    if page is NO_PAGE:
        _edges(lines)
    return _result(lines, title)


def is_sentence(line: str) -> bool:
    """Whether a line reads as running text: long enough, and ends as a sentence or has one inside."""
    if _UNSPACED.search(line):
        return len(line) >= _SENTENCE_CHARACTERS // 2 and bool(_SENTENCE_END.search(line) or _INNER_END.search(line))
    words = line.split()
    if len(words) < _SENTENCE_WORDS:
        return len(words) >= 3 and line[0] in '"“„«»' and bool(_SENTENCE_END.search(line))
    return bool(_SENTENCE_END.search(line) or _INNER_END.search(line))


def _title(lines: _Lines) -> str | None:
    """The headline of a plain text: its first line, where that is no sentence, and a much longer one follows."""
    for index in lines.kept[:_HEAD_LINES]:
        line = lines[index]
        if is_sentence(line):
            return None
        if _is_furniture(line) or furniture.DATE.search(line) or furniture.BYLINE.match(line):
            continue
        after = [lines[i] for i in lines.kept if i > index][:3]
        if 3 <= len(line.split()) <= 25 and not line.endswith((":", ",", ";")) and any(map(is_sentence, after)):
            lines.drop(index, "title")
            return line
    return None


def _captions(lines: _Lines, page: Page) -> None:
    """Captions: known from the page, or printed twice in a row as pages do for people who hear and who see them."""
    for index in list(lines.kept):
        if fold(lines[index]) in page.captions:
            lines.drop(index, "caption")
    for here, after in _pairs(lines):
        if len(lines[here].split()) >= 3 and not _ROW.search(lines[here]):
            if page is NO_PAGE:
                lines.drop(here, "caption")
            lines.drop(after, "repeated")


def _pairs(lines: _Lines) -> list[tuple[int, int]]:
    """Lines that stand exactly twice in a row; a line that stands more often is a refrain or a table's head."""
    runs: list[list[int]] = []
    for index in lines.kept:
        if runs and lines[runs[-1][0]] == lines[index]:
            runs[-1].append(index)
        else:
            runs.append([index])
    return [(run[0], run[1]) for run in runs if len(run) == 2]


def _head(lines: _Lines, page: Page) -> None:
    """Title, byline, date and labels before the first sentence of the body."""
    for index in lines.kept[:_HEAD_LINES]:
        line, folded = lines[index], fold(lines[index])
        if any(folded == title or (title in folded and len(folded) <= _KICKER * len(title)) for title in page.titles):
            lines.drop(index, "title")
        elif len(line.split()) <= _SHORT_WORDS and not is_sentence(line):
            if folded in page.authors or furniture.BYLINE.match(line):
                lines.drop(index, "byline")
            elif furniture.DATE.search(line):
                lines.drop(index, "date_line")
            elif _ADDRESS.fullmatch(line):
                lines.drop(index, "furniture")
        elif is_sentence(line):
            break


def _labels(lines: _Lines) -> None:
    """`Related:` and its kind, with the links after them: bullets, or short lines that are no sentences."""
    kept = list(lines.kept)
    position = 0
    while position < len(kept):
        line = lines[kept[position]]
        position += 1
        if not furniture.RELATED.match(line) or (is_sentence(line) and len(line.split()) > 2 * _SHORT_WORDS):
            continue
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


def _could_be_headline(line: str) -> bool:
    return len(line.split()) >= 4 and not is_sentence(line)


def _single(lines: _Lines, page: Page) -> None:
    """Lines that are furniture wherever they stand: short labels, and whole lines that are a link to elsewhere."""
    for index in list(lines.kept):
        line = lines[index]
        bare = _BULLET.sub("", line)
        if _is_furniture(line) or not any(map(str.isalnum, line)):
            lines.drop(index, "furniture")
        elif len(bare.split()) >= 4 and fold(bare) in page.links - page.headings:
            lines.drop(index, "related_link")


def _is_furniture(line: str) -> bool:
    return len(line.split()) <= _SHORT_WORDS and not is_sentence(line) and bool(furniture.FURNITURE.match(line))


def _tail(lines: _Lines) -> None:
    """From the end upwards: credits, calls to readers and lines that are no sentences, up to the last of the body."""
    for index in list(reversed(lines.kept))[:_TAIL_LINES]:
        line = lines[index]
        if len(lines.kept) <= 2:
            return
        if furniture.CREDITS.search(line) and len(line) < 400:
            lines.drop(index, "credits")
        elif furniture.CALL.search(line) and len(line) < 500 and not _quotes(line):
            lines.drop(index, "reader_call")
        elif is_sentence(line):
            return


def _quotes(line: str) -> bool:
    return bool(re.search(r"[“\"„«][^”\"“»]{15,}[”\"“»]", line))


def _edges(lines: _Lines) -> None:
    """Plain text: from the first sentence to the last; headings inside are between sentences and stay."""
    sentences = [index for index in lines.kept if is_sentence(lines[index]) and not _is_cut_off_teaser(lines[index])]
    if not sentences:
        return
    known = sum(why not in (None, "blank", "title") for why in lines.why)
    for index in list(lines.kept):
        if sentences[0] <= index <= sentences[-1]:
            continue
        line = lines[index]
        in_any_text = len(line.split()) <= _LABEL_WORDS or _CUT_OFF.search(line)
        if in_any_text or (known >= _LEAKY and not _SENTENCE_END.search(line)):
            lines.drop(index, "edge")


def _is_cut_off_teaser(line: str) -> bool:
    """A headline with the beginning of its article, cut off at some length."""
    return bool(_CUT_OFF.search(line)) and len(line.split()) <= 2 * _SHORT_WORDS


def _result(lines: _Lines, title: str | None) -> Cleaned:
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
    return Cleaned(text, title, captions, dropped)
