"""Whether a line of text reads as running text."""

from __future__ import annotations

import re

# A line is a sentence from this many words on (characters, where words are not spaced) if it ends as one.
_SENTENCE_WORDS = 8
_SENTENCE_CHARACTERS = 60
# Three dots at the end are no end: so end teasers that were cut off.
_END = re.compile(
    r"(?<!\.\.)[.!?。！？।؟][\"”’»“')\]]*\s*(?:\[\d+\])?$|[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?$|[\"”»]$"
)
_CUT_OFF = re.compile(r"(?:\.\.\.|…)[\"”’)\]]*$")
_INNER_END = re.compile(r"[a-zà-ÿ0-9)”\"][.!?] +[\"“„«]?[A-ZÀ-Þ]|[。！？]")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
# Longer lines that are cut off are no teasers, in words.
_TEASER_WORDS = 24


def is_sentence(line: str) -> bool:
    """Whether a line reads as running text: long enough, and ends as a sentence or has one inside."""
    if _UNSPACED.search(line):
        return len(line) >= _SENTENCE_CHARACTERS // 2 and bool(ends_as_sentence(line) or _INNER_END.search(line))
    words = line.split()
    if len(words) < _SENTENCE_WORDS:
        return len(words) >= 3 and line[0] in '"“„«»' and ends_as_sentence(line)
    return bool(ends_as_sentence(line) or _INNER_END.search(line))


def ends_as_sentence(line: str) -> bool:
    """Whether a line of any length ends with a full stop, a question, an exclamation or a closing mark."""
    return bool(_END.search(line))


def is_cut_off(line: str) -> bool:
    """Whether a line ends with three dots."""
    return bool(_CUT_OFF.search(line))


def is_cut_off_teaser(line: str) -> bool:
    """A headline with the beginning of its article, cut off at some length."""
    return is_cut_off(line) and len(line.split()) <= _TEASER_WORDS
