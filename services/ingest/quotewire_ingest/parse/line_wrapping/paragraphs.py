"""Join the lines of hard-wrapped text into paragraphs, and leave verses, lists and tables as they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import Enum, auto
from itertools import groupby, pairwise, starmap

from quotewire_ingest.parse.boilerplate.patterns import BYLINE
from quotewire_ingest.parse.line_wrapping.hyphens import HyphenJoiner
from quotewire_ingest.parse.line_wrapping.lines import (
    Marker,
    WrappedLine,
    continues,
    is_all_capitals,
    is_unspaced,
    parse_line,
)
from quotewire_ingest.parse.line_wrapping.width import WrapWidth, measure_width

# "LEDGER: Why now?", "Subject: The ferry"
_LABEL = re.compile(r"[^\W\d_a-z][^:.!?]{0,30}:\s")
_CLOSED_QUOTATION = re.compile(r"[.!?,…][\"”»]$")
_OPENED_QUOTATION = re.compile(r"[\"“„«]")
_WIDE_GAP = re.compile(r"(?<=\S) {2}(?=\S)")
# Blank lines between all lines are as often paragraphs of one line, so it takes more breaks to tell them.
_MIN_DOUBLE_SPACED_BREAKS = 3
# Breaks of a passage that are neither full nor the end of a sentence: more of them are verses, addresses or lists.
_MAX_OPEN_BREAKS = 0.2
# Passages in which no line begins with a small letter (verses, names) need as many full lines as prose has.
_MIN_FULL_BREAKS = 0.6


class Break(Enum):
    """What the end of a line is."""

    FULL = auto()
    """The next word did not fit."""
    HYPHEN = auto()
    """It divides a word."""
    OPEN = auto()
    """The next word would have fitted, and no sentence ends."""
    PARAGRAPH = auto()


def join_wrapped_lines(text: str) -> str:
    """Join the lines of a normalized text where a wrapper has broken them; other texts are returned unchanged."""
    lines = [parse_line(raw) for raw in text.split("\n")]
    if not any(line and following for line, following in pairwise(lines)):
        lines = _without_double_spacing(lines)
    _restore_first_indent(lines)
    by_depth: defaultdict[int, list[tuple[WrappedLine, WrappedLine]]] = defaultdict(list)
    for line, following in _adjacent(lines):
        by_depth[line.depth].append((line, following))
    widths = {depth: measure_width(pairs) for depth, pairs in by_depth.items()}
    if not any(widths.values()) and not any(starmap(_divides_word, _adjacent(lines))):
        return text
    joiner = HyphenJoiner(text)
    joined: list[str] = []
    for depth, block in groupby(lines, key=lambda line: line.depth if line else None):
        members = list(block)
        if depth is None:
            joined += [""] * len(members)
        else:
            joined += _join_block([line for line in members if line], widths.get(depth), joiner)
    return "\n".join(joined)


def _without_double_spacing(lines: list[WrappedLine | None]) -> list[WrappedLine | None]:
    """Remove the blank line after each line, if lines were wrapped; paragraphs then end at shorter lines."""
    written = [line for line in lines if line]
    width = measure_width(pairwise(written), min_breaks=_MIN_DOUBLE_SPACED_BREAKS)
    return list(written) if width else lines


def _restore_first_indent(lines: list[WrappedLine | None]) -> None:
    """Give the first line the indentation that normalization has taken: that of the text, or of its paragraphs."""
    first, second = lines[0], lines[1] if len(lines) > 1 else None
    if not first or not second or first.indent:
        return
    indents = (line.indent for line, following in _adjacent(lines[1:]) if line.indent > following.indent)
    indent = second.indent or next(indents, 0)
    lines[0] = replace(first, indent=indent, length=first.length + indent)


def _adjacent(lines: Iterable[WrappedLine | None]) -> Iterator[tuple[WrappedLine, WrappedLine]]:
    """Yield the lines that follow one another in one block, quoted equally deep."""
    for line, following in pairwise(lines):
        if line and following and line.depth == following.depth:
            yield line, following


def _join_block(block: list[WrappedLine], width: WrapWidth | None, joiner: HyphenJoiner) -> Iterator[str]:
    breaks = _breaks_of(block, width)
    for lines, between in _passages(block, breaks):
        if _is_verse(lines, between):
            yield from _join_passage(
                lines, [Break.HYPHEN if kind is Break.HYPHEN else Break.PARAGRAPH for kind in between], joiner
            )
        else:
            yield from _join_passage(
                lines,
                [
                    Break.FULL if kind is Break.OPEN and width and _is_hand_edited(line, following, width) else kind
                    for kind, (line, following) in zip(between, pairwise(lines), strict=True)
                ],
                joiner,
            )


def _passages(block: list[WrappedLine], breaks: list[Break]) -> Iterator[tuple[list[WrappedLine], list[Break]]]:
    """Split a block at the ends of its paragraphs."""
    start = 0
    for index, kind in enumerate([*breaks, Break.PARAGRAPH]):
        if kind is Break.PARAGRAPH:
            yield block[start : index + 1], breaks[start:index]
            start = index + 1


def _join_passage(lines: list[WrappedLine], breaks: list[Break], joiner: HyphenJoiner) -> Iterator[str]:
    start = 0
    for index, kind in enumerate([*breaks, Break.PARAGRAPH]):
        if kind in (Break.OPEN, Break.PARAGRAPH):
            yield _join(lines[start : index + 1], joiner)
            start = index + 1


def _breaks_of(block: list[WrappedLine], width: WrapWidth | None) -> list[Break]:
    breaks: list[Break] = []
    first = block[0]  # of the paragraph
    for line, following in pairwise(block):
        if _divides_word(line, following):
            kind = Break.HYPHEN
        elif _begins_paragraph(first, line, following):
            kind = Break.PARAGRAPH
        elif width and width.is_full(line, following):
            kind = Break.FULL
        else:
            kind = Break.PARAGRAPH if line.ends_sentence else Break.OPEN
        if kind is Break.PARAGRAPH or (kind is Break.OPEN and not continues(line, following)):
            first = following
        breaks.append(kind)
    return breaks


def _divides_word(line: WrappedLine, following: WrappedLine) -> bool:
    return line.ends_in_hyphen and following.text[0].islower()


def _begins_paragraph(first: WrappedLine, line: WrappedLine, following: WrappedLine) -> bool:
    """Whether the form of a line says that it continues nothing, however long the line before it is."""
    if (
        line.is_structure
        or following.is_structure
        or following.marker is Marker.BULLET
        or _indents(first, line, following)
    ):
        return True
    text = following.text
    if is_all_capitals(line) != is_all_capitals(following):  # a headline, but not "BBC" in a line of its own
        return line.ends_sentence or (" " in line.text and is_all_capitals(line) and not text[0].islower())
    if following.marker is Marker.DASH:  # of a dialogue, of a list, or between two parts of a sentence
        return line.ends_sentence or first.text[0] == text[0] or text.lstrip("-–— ")[:1].isupper()
    if following.marker is Marker.NUMBER:
        return line.ends_sentence or first.marker is Marker.NUMBER
    if _LABEL.match(text) and _LABEL.match(first.text):
        return True
    if not line.ends_sentence:
        return len(text) < len(line.text) and not text[0].islower() and bool(BYLINE.match(text))
    return bool(_CLOSED_QUOTATION.search(line.text) and _OPENED_QUOTATION.match(text))


def _indents(first: WrappedLine, line: WrappedLine, following: WrappedLine) -> bool:
    """Whether the indentation says that a paragraph begins: it grows, or it shrinks after the second line."""
    if following.indent > line.indent:
        return first.marker is None or line is not first
    return following.indent < line.indent and line is not first


def _is_verse(lines: list[WrappedLine], breaks: list[Break]) -> bool:
    """Whether a passage is lines on purpose: too many of them end before the width without the end of a sentence."""
    full = [index for index, kind in enumerate(breaks) if kind is Break.FULL]
    if not full:
        return True
    # Above and below the text of a paragraph may stand lines of their own: title, byline, signature.
    body = breaks[full[0] : full[-1] + 1]
    if body.count(Break.OPEN) > _MAX_OPEN_BREAKS * len(body):
        return True
    if any(continues(lines[index], lines[index + 1]) for index in full):
        return False
    return len(full) < _MIN_FULL_BREAKS * sum(kind is not Break.PARAGRAPH for kind in breaks)


def _is_hand_edited(line: WrappedLine, following: WrappedLine, width: WrapWidth) -> bool:
    """Whether a sentence goes on after a line that is shorter or longer than the others, but no item of a list."""
    return continues(line, following) and 2 * line.length >= width.columns


def _join(lines: list[WrappedLine], joiner: HyphenJoiner) -> str:
    if len(lines) == 1:
        return lines[0].raw
    parts: list[str] = []
    for line, following in pairwise(lines):
        if _divides_word(line, following):
            parts += joiner.split(line.text, following.text)
        elif is_unspaced(line.text[-1]) and is_unspaced(following.text[0]):
            parts.append(line.text)
        else:
            parts += (line.text, " ")
    parts.append(lines[-1].text)
    return lines[0].prefix + _WIDE_GAP.sub(" ", "".join(parts))
