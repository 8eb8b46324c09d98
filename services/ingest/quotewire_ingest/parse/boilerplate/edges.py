"""Drop what stands before the first sentence of a plain text and after the last."""

from __future__ import annotations

import re
from itertools import pairwise

from quotewire_ingest.parse.boilerplate.lines import TextLines
from quotewire_ingest.parse.boilerplate.patterns import BYLINE
from quotewire_ingest.parse.boilerplate.sentences import (
    ends_as_sentence,
    is_cut_off,
    is_cut_off_teaser,
    is_sentence,
    reports_speech,
)

# From so many dropped lines on, a text counts as one that contains boilerplate. In other texts a line at the edge that
# is no sentence is more often a list or a score (of 194 such lines 106; after four dropped lines 9 in 10 are
# boilerplate).
_MIN_DROPPED_LINES = 4
# Lines of at most so many words are dropped from the edges of any text: labels and names of sections.
_MAX_LABEL_WORDS = 3
# So many of them at one edge of a text without other boilerplate are a list, as of names.
_MIN_LIST_LINES = 3
_BULLET = re.compile(r"[-–—*•·▪►]\s")
# A page has sentences of its own, too. They are so many other lines away from the text, and have fewer words than this
# share of it.
_MAX_GAP = 20
_MIN_GROUP_SHARE = 0.05
# Fewer sentences among boilerplate do not tell where the text begins and ends.
_MIN_SENTENCES = 3
# A line above the text that is longer is a teaser; one with digits or other signs is a date, a credit or a counter.
_MAX_WORDS_ABOVE = 8
# A summary under the headline often lacks its full stop. It is recognised by its length, by the share of its long words
# that the body has too, by the share of its words in lower case, and by the number of lines up to the first sentence.
_MIN_SUMMARY_WORDS = 15
_MIN_SHARED_WORDS = 0.65
_MIN_LOWER_CASE_WORDS = 0.5
_MAX_SUMMARY_LINES = 8
_WORDS = re.compile(r"[^\W\d_][^\d_©:/|•·]*")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def drop_edges(lines: TextLines) -> None:
    """Keep a text from its first sentence to its last. Headings between sentences stay."""
    sentences = [index for index in lines.kept if is_sentence(lines[index]) and not is_cut_off_teaser(lines[index])]
    if not sentences:
        return
    dropped = sum(reason not in (None, "blank", "title") for reason in lines.reasons)
    has_boilerplate = dropped >= _MIN_DROPPED_LINES
    if has_boilerplate:
        sentences = _without_outliers(lines, sentences)
        if len(sentences) < _MIN_SENTENCES:
            return
    near = [index for index in lines.kept if index < sentences[0]][-_MAX_SUMMARY_LINES:]
    body = {word for index in sentences for word in _long_words(lines[index])}
    summaries = {index for index in near if _could_be_summary(lines[index], body)}
    lists = _lists_at_edges(lines, sentences[0], sentences[-1]) if _is_clean(lines) else set()
    stays = summaries | lists | _line_above(lines, sentences[0])
    for index in list(lines.kept):
        if sentences[0] <= index <= sentences[-1] or index in stays:
            continue
        line = lines[index]
        is_label = len(line.split()) <= _MAX_LABEL_WORDS and not _BULLET.match(line)
        is_outlier = has_boilerplate and is_sentence(line)
        if is_outlier or is_cut_off(line) or ((has_boilerplate or is_label) and not ends_as_sentence(line)):
            lines.drop(index, "edge")


def _without_outliers(lines: TextLines, sentences: list[int]) -> list[int]:
    """Leave out sentences of the page, as of a footer: few words, and far from those of the text."""
    order = {index: position for position, index in enumerate(lines.kept)}
    groups = [[sentences[0]]]
    for before, index in pairwise(sentences):
        if order[index] - order[before] > _MAX_GAP:
            groups.append([])
        groups[-1].append(index)
    sizes = [sum(len(lines[index].split()) for index in group) for group in groups]
    large = [
        number
        for number, group in enumerate(groups)
        if sizes[number] >= _MIN_GROUP_SHARE * max(sizes) or any(reports_speech(lines[index]) for index in group)
    ]
    return [index for group in groups[large[0] : large[-1] + 1] for index in group]


def _line_above(lines: TextLines, first: int) -> set[int]:
    """Return the line directly above the first sentence, if it may be a place, a name or a heading."""
    above = next((index for index in range(first - 1, -1, -1) if not lines.is_blank(index)), first)
    line = lines[above]
    is_plain = len(line.split()) <= _MAX_WORDS_ABOVE and _WORDS.fullmatch(line)
    return {above} if is_plain and not BYLINE.match(line) else set()


def _is_clean(lines: TextLines) -> bool:
    """Whether nothing was dropped that only pages have: an article of its own has title, byline and date."""
    return not set(lines.reasons) - {None, "blank", "title", "byline", "date_line"}


def _lists_at_edges(lines: TextLines, first: int, last: int) -> set[int]:
    """Return the lines before the first sentence and after the last, where each side is long enough for a list."""
    sides = [[index for index in lines.kept if index < first], [index for index in lines.kept if index > last]]
    return {index for side in sides if len(side) >= _MIN_LIST_LINES for index in side if not is_cut_off(lines[index])}


def _could_be_summary(line: str, body: set[str]) -> bool:
    words, long_words = line.split(), _long_words(line)
    if len(words) < _MIN_SUMMARY_WORDS or not long_words or is_cut_off(line):
        return False
    lower_case = sum(word[0].islower() for word in words)
    shared = len(long_words & body)
    return lower_case >= _MIN_LOWER_CASE_WORDS * len(words) and shared >= _MIN_SHARED_WORDS * len(long_words)


def _long_words(line: str) -> set[str]:
    return {word.casefold() for word in _LONG_WORD.findall(line)}
