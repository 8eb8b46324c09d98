"""Which attributions are quotations in the narrow sense ("core"): a word of speech as cue, or quotation marks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from quotewire_extract.quotation_marks import MarkedSpan, marked_spans
from quotewire_extract.word_overlap import WORD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from quotewire_training.spans import Attribution, Stretch

SPEECH_VERBS = frozenset(Path(__file__).with_name("speech_verbs.txt").read_text("utf-8").split())
"""Words of communication, as lemmas. The list decides what the "core" view of the benchmarks counts."""

_IRREGULAR = {
    "said": "say", "says": "say", "saying": "say", "told": "tell", "wrote": "write", "written": "write",
    "spoke": "speak", "spoken": "speak", "swore": "swear", "sworn": "swear", "began": "begin", "begun": "begin",
    "read": "read", "quipped": "quip", "ripped": "rip", "slammed": "slam", "dubbed": "dub", "hit": "hit",
    "admitted": "admit", "referred": "refer", "bragged": "brag", "begged": "beg", "taught": "teach",
    "submitted": "submit", "replied": "reply", "denied": "deny", "cried": "cry", "testified": "testify",
    "specified": "specify", "clarified": "clarify", "notified": "notify", "lied": "lie", "lying": "lie",
    "rebutted": "rebut", "snapped": "snap", "summed": "sum", "hitting": "hit", "denies": "deny",
    "replies": "reply", "testifies": "testify", "cries": "cry",
}  # fmt: skip

_PHRASE = re.compile(r"\b(shot|fired|fires|shoots|hit|hits) back|made (it )?clear|makes (it )?clear|puts? it\b")
_LETTERS = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?")


def is_speech_cue(cue: Iterable[Stretch], text: str) -> bool:
    """Say whether the cue's words mean speech, or the cue is a bare sign (colon, dash); false without a cue."""
    words = " ".join(text[start:end] for start, end in cue)
    if not words:
        return False
    lowered = words.lower()
    if "according" in lowered or _PHRASE.search(lowered) or not re.search(r"\w", words):
        return True
    return any(_lemma(word) in SPEECH_VERBS for word in _LETTERS.findall(words))


def kind_of(content: Iterable[Stretch], text: str, marked: Sequence[MarkedSpan] | None = None) -> str:
    """Return direct, mixed or indirect, from the share of the content's words between quotation marks.

    A leading "that" outside the marks does not make a direct quotation mixed.
    """
    marked = marked_spans(text) if marked is None else marked
    words = content_words(content, text)
    if len(words) > 1 and text[slice(*words[0])].lower() == "that":
        words = words[1:]
    inside = sum(any(m.start <= start and end <= m.end for m in marked) for start, end in words)
    return "indirect" if not inside else "direct" if inside == len(words) else "mixed"


def content_words(stretches: Iterable[Stretch], text: str) -> list[Stretch]:
    """Return the words that share a code point with any of the stretches, in order."""
    found: dict[Stretch, None] = {}
    for start, end in sorted(stretches):
        # A word that reaches into the stretch from before begins at most one run of non-blanks earlier.
        begin = start
        while begin > 0 and not text[begin - 1].isspace():
            begin -= 1
        stop = end
        while stop < len(text) and not text[stop].isspace():
            stop += 1
        for match in WORD.finditer(text, begin, stop):
            if match.start() < end and match.end() > start:
                found[match.span()] = None
    return sorted(found)


def is_core(attribution: Attribution, text: str, marked: Sequence[MarkedSpan] | None = None) -> bool:
    """Return true for a cue of speech or any word in quotation marks; what the corpus states wins."""
    if attribution.core is not None:
        return attribution.core
    return is_speech_cue(attribution.cue, text) or kind_of(attribution.content, text, marked) != "indirect"


def _lemma(word: str) -> str:
    word = word.lower()
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    candidates = [word]
    if word.endswith("ing"):
        doubled = len(word) > 5 and word[-4] == word[-5]
        candidates += [word[:-3], word[:-3] + "e", word[:-4] if doubled else word[:-3]]
    if word.endswith("ed"):
        doubled = len(word) > 4 and word[-3] == word[-4]
        candidates += [word[:-2], word[:-1], word[:-3] if doubled else word[:-2]]
    if word.endswith("es"):
        candidates.append(word[:-2])
    if word.endswith("s"):
        candidates.append(word[:-1])
    return next((candidate for candidate in candidates if candidate in SPEECH_VERBS), word)
