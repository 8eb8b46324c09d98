"""Tell running text from labels, headlines and teasers."""

from __future__ import annotations

import re

# A line of at least so many words is a sentence if it ends as one; in scripts without spaces between words, of at least
# so many characters.
_MIN_WORDS = 8
_MIN_CHARACTERS = 30
# A shorter line is one if it begins with a quotation mark and has at least so many words.
_MIN_QUOTED_WORDS = 3
# A full stop or its like, an emoji, or a closing quotation mark. Three dots are no end: they end teasers that are cut
# off.
_END = re.compile(
    r"(?<!\.\.)[.!?。！？।؟][\"”’»“')\]]*\s*(?:\[\d+\])?$|[\u2600-\u27bf\U0001f300-\U0001faff]\ufe0f?$|[\"”»]$"
)
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)[\"”’)\]]*$")
# Speech that trails off: "I do not know …"
_QUOTED_ELLIPSIS = re.compile(r"(?:\.\.\.|…) ?[\"”»]$")
_OPENING_MARK = re.compile(r"[“\"„«]")
# Says that somebody says: "said" and the like in English, German, French, Spanish, Italian, Portuguese and Dutch.
_REPORTING_VERB = re.compile(
    r"\b(?:said|says|told|asked|added|replied|sagte[n]?|sagt|erklärte[n]?|dit|déclaré|dijo|dice|afirmó|disse|zei|zegt)\b",
    re.IGNORECASE,
)
# A statement has more words in small letters than a byline or a date with a full stop.
_MIN_STATEMENT_WORDS = 3
# The end of one sentence and the beginning of the next.
_INNER_END = re.compile(r"[a-zà-ÿ0-9)”\"][.!?] +[\"“„«]?[A-ZÀ-Þ]|[。！？]")
# Kana, Chinese characters, Hangul, Thai.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
# Longer lines that are cut off are no teasers.
_MAX_TEASER_WORDS = 24


def is_sentence(line: str) -> bool:
    """Whether a line is running text: long enough, and it ends as a sentence or contains the end of one."""
    if _UNSPACED.search(line):
        return len(line) >= _MIN_CHARACTERS and bool(ends_as_sentence(line) or _INNER_END.search(line))
    words = line.split()
    if len(words) < _MIN_WORDS:
        return len(words) >= _MIN_QUOTED_WORDS and line[0] in '"“„«»' and ends_as_sentence(line)
    return bool(ends_as_sentence(line) or _INNER_END.search(line))


def ends_as_sentence(line: str) -> bool:
    """Whether a line of any length ends with a full stop or its like, an emoji or a closing quotation mark."""
    return bool(_END.search(line))


def is_cut_off(line: str) -> bool:
    """Whether a line ends with an ellipsis, other than that of a quotation."""
    if _QUOTED_ELLIPSIS.search(line) and _OPENING_MARK.search(line[:-1]):
        return False
    return bool(_ELLIPSIS.search(line))


def is_cut_off_teaser(line: str) -> bool:
    """Whether a line is a teaser: a headline and the beginning of its article, cut off at some length."""
    return is_cut_off(line) and len(line.split()) <= _MAX_TEASER_WORDS


def is_statement(line: str) -> bool:
    """Whether a line of any length is a sentence, unlike a byline or a date that ends with a full stop."""
    return ends_as_sentence(line) and sum(word[0].islower() for word in line.split()) >= _MIN_STATEMENT_WORDS


def reports_speech(line: str) -> bool:
    """Whether a line is a sentence that says what somebody said: boilerplate does not."""
    return ends_as_sentence(line) and bool(_REPORTING_VERB.search(line))
