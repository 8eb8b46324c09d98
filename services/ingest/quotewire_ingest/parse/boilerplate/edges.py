"""The two edges of a plain text: what stands before its first sentence and after its last."""

from __future__ import annotations

import re

from quotewire_ingest.parse.boilerplate.lines import TextLines
from quotewire_ingest.parse.boilerplate.sentences import ends_as_sentence, is_cut_off, is_cut_off_teaser, is_sentence

# Lines that must have been known as furniture before a text counts as one that leaks; what is no sentence at the edges
# of other texts is a list or a score more often (of 194 such lines 106; after four of them 9 in 10 are furniture).
_LEAKY = 4
# Lines of so many words go from the edges of any text: labels and names of sections.
_LABEL_WORDS = 3
# A summary under the headline often lacks its full stop: so many words, of which so many are words of the body too and
# so many are written small, within so many lines before the first sentence.
_SUMMARY_WORDS = 15
_SUMMARY_SHARED = 0.65
_SUMMARY_SMALL = 0.5
_SUMMARY_LINES = 8
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def drop_edges(lines: TextLines) -> None:
    """From the first sentence to the last; headings inside are between sentences and stay."""
    sentences = [index for index in lines.kept if is_sentence(lines[index]) and not is_cut_off_teaser(lines[index])]
    if not sentences:
        return
    known = sum(why not in (None, "blank", "title") for why in lines.why)
    near = [index for index in lines.kept if index < sentences[0]][-_SUMMARY_LINES:]
    body = {word for index in sentences for word in _long_words(lines[index])}
    summaries = {index for index in near if _could_be_summary(lines[index], body)}
    for index in list(lines.kept):
        if sentences[0] <= index <= sentences[-1] or index in summaries:
            continue
        line = lines[index]
        ended = ends_as_sentence(line)
        if is_cut_off(line) or (not ended and (known >= _LEAKY or len(line.split()) <= _LABEL_WORDS)):
            lines.drop(index, "edge")


def _could_be_summary(line: str, body: set[str]) -> bool:
    words, long = line.split(), _long_words(line)
    if len(words) < _SUMMARY_WORDS or not long or is_cut_off(line):
        return False
    small = sum(word[0].islower() for word in words)
    return small >= _SUMMARY_SMALL * len(words) and len(long & body) >= _SUMMARY_SHARED * len(long)


def _long_words(line: str) -> set[str]:
    return {word.casefold() for word in _LONG_WORD.findall(line)}
