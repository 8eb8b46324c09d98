"""Find the title of a plain text: a line above the text that is no sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from quotewire_ingest.parse.boilerplate import patterns
from quotewire_ingest.parse.boilerplate.date_lines import is_date_line
from quotewire_ingest.parse.boilerplate.labels import is_page_label
from quotewire_ingest.parse.boilerplate.lines import TextLines
from quotewire_ingest.parse.boilerplate.sentences import ends_as_sentence, is_sentence

# Kept lines that are searched, and those after a title of which one has to be a sentence.
_HEAD_LINES, _FOLLOWING_LINES = 6, 3
# So many lines without a blank line between them that are neither text nor byline are a list.
_LIST_LINES = 3
# Words of a headline. A shorter one is a label more often, unless it stands apart above everything else.
_MIN_WORDS, _MAX_WORDS = 3, 25
# A full stop after one of these ends no sentence.
_ABBREVIATION = re.compile(
    r"\b(?:St|Mt|Ft|Mr|Mrs|Ms|Dr|Prof|Rev|Gov|Sen|Rep|Gen|Col|Lt|Sgt|No|vs|Jr|Sr|Inc|Ltd|Corp|Co|[A-Z])\."
)
# A headline may end with words of somebody, but not with a whole sentence of theirs.
_QUOTED_END = re.compile(r"(?<![.!?,…\"”»])[\"”»]$")
# A short line may be a headline with a question mark, but not with a full stop or with a whole sentence of somebody.
_SHORT_SENTENCE_END = re.compile(r"(?<!\.)\.$|[.!?…][\"”»]$")
_MARKS = '"“”„«»'


def drop_title(lines: TextLines) -> str | None:
    """Drop and return the headline: the first line that is no sentence, label, byline or date, if text follows soon.

    A line that the next line continues is text, and so is a short sentence: "She will not resign."
    """
    short: int | None = None
    for index in lines.kept[:_HEAD_LINES]:
        line = lines[index]
        if is_page_label(line):
            continue
        if _is_text(lines, index):
            break
        if is_date_line(line) or patterns.BYLINE.match(line):
            continue
        if len(line.split()) > _MAX_WORDS or line.endswith((":", ",", ";")) or not _precedes_text(lines, index):
            continue
        if len(line.split()) >= _MIN_WORDS:
            lines.drop(index, "title")
            return line
        if index == lines.kept[0] and lines.is_blank(index + 1):
            short = index
    if short is None:
        return None
    title = lines[short]
    lines.drop(short, "title")
    return title


def _is_text(lines: TextLines, index: int) -> bool:
    line = _ABBREVIATION.sub(lambda match: match[0][:-1], lines[index])
    if _QUOTED_END.search(line) and line[0] not in _MARKS:
        line = line[:-1]
    if is_sentence(line) or _SHORT_SENTENCE_END.search(line):
        return True
    following = lines[index + 1] if index + 1 < len(lines.raw) else ""
    return following[:1].islower() and not ends_as_sentence(line)


def _precedes_text(lines: TextLines, index: int) -> bool:
    """Whether a sentence follows soon, and the line is no item of a list. Below a title, a list counts as one line."""
    after: Iterable[int] = (other for other in lines.kept if other > index)
    if lines.has_paragraphs:
        if _is_listed(lines, index):
            return False
        after = (other for other in after if lines.is_blank(other - 1) or not _is_item(lines, other))
    near = islice(after, _FOLLOWING_LINES)
    return any(is_sentence(lines[other]) or _is_short_sentence(lines[other]) for other in near)


def _is_listed(lines: TextLines, index: int) -> bool:
    """Whether a line is one of several without a blank line between them that are neither text nor byline."""
    near = range(max(0, index - _LIST_LINES + 1), min(len(lines.raw), index + _LIST_LINES))
    run = 0
    for other in near:
        run = run + 1 if _is_item(lines, other) else 0
        if run == _LIST_LINES:
            return True
    return False


def _is_item(lines: TextLines, index: int) -> bool:
    line = lines[index]
    has_other_use = is_page_label(line) or is_date_line(line) or patterns.BYLINE.match(line)
    return bool(line) and not is_sentence(line) and not has_other_use


def _is_short_sentence(line: str) -> bool:
    return line.endswith(".") and len(line.split()) >= _MIN_WORDS
