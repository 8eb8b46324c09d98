"""Drop the lines of a text that are no part of the article, and record each with the reason.

Measured on pages of 180 outlets (``benchmarks/quality/lines.py``). The order of the steps matters: title and captions,
then the head, then labels with the links that follow them, then single lines, then the tail and the edges. Inside the
body nothing is dropped for being short, for being repeated at a distance or for lacking a full stop: such rules cost
more good lines than they save.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from quotewire_ingest.parse.boilerplate import labels, patterns
from quotewire_ingest.parse.boilerplate.date_lines import is_date_line
from quotewire_ingest.parse.boilerplate.edges import drop_edges
from quotewire_ingest.parse.boilerplate.lines import TextLines
from quotewire_ingest.parse.boilerplate.mail_headers import drop_mail_headers
from quotewire_ingest.parse.boilerplate.pull_quotes import drop_pull_quotes
from quotewire_ingest.parse.boilerplate.sentences import is_cut_off, is_sentence, is_statement, reports_speech
from quotewire_ingest.parse.boilerplate.titles import drop_title
from quotewire_ingest.parse.folding import fold
from quotewire_schemas.article import Dropped

_WEB_ADDRESS = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-–—*•·▪►>|]+|\d{1,2}[.)])\s+")
_QUOTATION = re.compile(r"[“\"„«][^”\"“»„«]{15,}[”\"“»]")
# Two rows of a table may well be the same.
_TABLE_ROW = re.compile(r"^\||\t")
_BLANK_LINES = re.compile(r"\n{3,}")
# Lines at the head that may be title, byline or date, and at the tail that may be credits or calls to readers.
_HEAD_LINES = 6
_TAIL_LINES = 8
# A label of more words is no mere announcement.
_MAX_ANNOUNCING_WORDS = 4
# Words of a headline that is a link to another article.
_MIN_LINK_WORDS = 4
# A line that is printed twice is a caption from so many words on.
_MIN_CAPTION_WORDS = 3
# Longer lines are paragraphs, whatever they contain.
_MAX_CAPTION_CHARACTERS = 600
_MAX_NOTICE_CHARACTERS = 1200
_MAX_SIGNUP_CHARACTERS = 300
_MAX_CREDITS_CHARACTERS = 400
_MAX_CALL_CHARACTERS = 500
# A line that contains the title is the title with a kicker up to this multiple of the title's length.
_MAX_KICKER_RATIO = 1.8


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the page shows besides the text, all folded by :func:`~quotewire_ingest.parse.folding.fold`."""

    titles: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    headings: frozenset[str] = frozenset()
    """One that is a link as well is no link to another article."""
    captions: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    set_apart: tuple[frozenset[str], ...] = ()


NO_CONTEXT = PageContext()
"""For plain text."""


@dataclass(slots=True)
class CleanedText:
    """A text without boilerplate, and what was dropped from it."""

    text: str
    title: str | None = None
    """Of a plain text only: a page states its title elsewhere."""
    captions: list[str] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


def drop_boilerplate(text: str, context: PageContext = NO_CONTEXT) -> CleanedText:
    """Drop the lines of a normalized text that are no part of the article."""
    lines = TextLines(text)
    title = drop_mail_headers(lines) or drop_title(lines) if not context.titles else None
    _drop_captions(lines, context)
    _drop_head(lines, context)
    drop_pull_quotes(lines, context.set_apart)
    _drop_related_links(lines)
    _drop_single_lines(lines, context)
    if context is NO_CONTEXT:
        drop_edges(lines)
    _drop_tail(lines)
    return _assemble(lines, title)


def _drop_captions(lines: TextLines, context: PageContext) -> None:
    """Drop captions: those of the page, lines that end with a picture credit, and lines printed twice in a row.

    Pages print a caption twice, for sighted readers and for screen readers. In the text of a page only the second is
    dropped: it may be more than a caption.
    """
    for index in list(lines.kept):
        line = lines[index]
        credit = patterns.PICTURE_CREDIT.search(line) if len(line) <= _MAX_CAPTION_CHARACTERS else None
        if fold(line) in context.captions or credit:
            lines.drop(index, "credits" if credit and not credit.start() else "caption")
    for first, second in _find_doubled_lines(lines):
        if len(lines[first].split()) >= _MIN_CAPTION_WORDS and not _TABLE_ROW.search(lines[first]):
            if context is NO_CONTEXT and not _is_quoting(lines[first]):
                lines.drop(first, "caption")
            lines.drop(second, "repeated")


def _find_doubled_lines(lines: TextLines) -> list[tuple[int, int]]:
    """Return lines that stand exactly twice in a row; more often than that is a refrain or the head of a table."""
    runs: list[list[int]] = []
    for index in lines.kept:
        if runs and lines[runs[-1][0]] == lines[index]:
            runs[-1].append(index)
        else:
            runs.append([index])
    return [(run[0], run[1]) for run in runs if len(run) == 2]


def _drop_head(lines: TextLines, context: PageContext) -> None:
    """Drop title, byline, date and URL before the first sentence."""
    for index in lines.kept[:_HEAD_LINES]:
        line = lines[index]
        if _is_title(fold(line), context):
            lines.drop(index, "title")
        elif is_sentence(line):
            return
        elif len(line.split()) > labels.MAX_LABEL_WORDS or is_statement(line):
            continue
        elif fold(line) in context.authors or patterns.BYLINE.match(line):
            lines.drop(index, "byline")
        elif is_date_line(line) if context is NO_CONTEXT else patterns.DATE.search(line):
            lines.drop(index, "date_line")
        elif _WEB_ADDRESS.fullmatch(line):
            lines.drop(index, "furniture")


def _is_title(folded: str, context: PageContext) -> bool:
    return any(
        folded == title or (title in folded and len(folded) <= _MAX_KICKER_RATIO * len(title))
        for title in context.titles
    )


def _drop_related_links(lines: TextLines) -> None:
    """Drop labels such as `Related:` with the links after them: bullets, or lines that look like headlines."""
    kept = list(lines.kept)
    position = 0
    while position < len(kept):
        line = lines[kept[position]]
        position += 1
        if not labels.RELATED_LABEL.match(line) or reports_speech(line):
            continue
        if is_sentence(line) and len(line.split()) > 2 * labels.MAX_LABEL_WORDS:
            continue
        if position < len(kept) and _is_short_sentence(lines[kept[position]]):
            continue  # a heading of the article itself that looks like a label
        lines.drop(kept[position - 1], "related_label")
        # A longer label that announces nothing holds its link itself.
        holds_link = not line.endswith((":", "...", "…")) and len(line.split()) > _MAX_ANNOUNCING_WORDS
        has_bullets = position < len(kept) and bool(_BULLET.match(lines[kept[position]]))
        while position < len(kept):
            following = lines[kept[position]]
            if not (_BULLET.match(following) if has_bullets else _could_be_headline(following)):
                break
            if holds_link and not has_bullets:
                break
            lines.drop(kept[position], "related_link")
            position += 1


def _is_short_sentence(line: str) -> bool:
    return line.endswith(".") and not is_cut_off(line) and not is_sentence(line)


def _could_be_headline(line: str) -> bool:
    return len(line.split()) >= _MIN_LINK_WORDS and not is_sentence(line) and not _is_short_sentence(line)


def _drop_single_lines(lines: TextLines, context: PageContext) -> None:
    """Drop lines that are boilerplate wherever they stand: labels, notices, calls, links to other articles."""
    linked, head = context.links - context.headings, lines.kept[:_HEAD_LINES]
    for index in list(lines.kept):
        line = lines[index]
        bare = _BULLET.sub("", line)
        if labels.is_page_label(line) or _is_consent_notice(line) or not any(map(str.isalnum, line)):
            lines.drop(index, "furniture")
        elif len(bare) <= _MAX_SIGNUP_CHARACTERS and patterns.SIGNUP_CALL.match(bare) and not reports_speech(bare):
            lines.drop(index, "reader_call")
        elif (folded := fold(bare)) in context.titles and index in head:
            lines.drop(index, "title")
        elif len(bare.split()) >= _MIN_LINK_WORDS and folded in linked and not reports_speech(bare):
            lines.drop(index, "related_link")


def _is_consent_notice(line: str) -> bool:
    return len(line) <= _MAX_NOTICE_CHARACTERS and bool(patterns.CONSENT_NOTICE.search(line)) and not _is_quoting(line)


def _drop_tail(lines: TextLines) -> None:
    """Drop credits and calls to readers, from the end upwards to the last sentence of the body."""
    for index in list(reversed(lines.kept))[:_TAIL_LINES]:
        line = lines[index]
        if len(lines.kept) <= 2:
            return
        if len(line) < _MAX_CREDITS_CHARACTERS and patterns.CREDITS.search(line) and not reports_speech(line):
            lines.drop(index, "credits")
        elif len(line) < _MAX_CALL_CHARACTERS and patterns.READER_CALL.search(line) and not _is_quoting(line):
            lines.drop(index, "reader_call")
        elif is_sentence(line):
            return


def _is_quoting(line: str) -> bool:
    return bool(_QUOTATION.search(line)) or reports_speech(line)


def _assemble(lines: TextLines, title: str | None) -> CleanedText:
    marked = list(zip(lines.raw, lines.reasons, strict=True))
    kept = ["" if reason == "blank" else line for line, reason in marked if reason in (None, "blank")]
    text = _BLANK_LINES.sub("\n\n", "\n".join(kept)).strip("\n")
    dropped = [
        Dropped(text=line.strip(), reason=reason) for line, reason in marked if reason is not None and reason != "blank"
    ]
    captions = list(dict.fromkeys(entry.text for entry in dropped if entry.reason == "caption"))
    return CleanedText(text, title, captions, dropped)
