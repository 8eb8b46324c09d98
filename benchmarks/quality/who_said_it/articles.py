"""Load our own articles, in which quotations and their speakers are marked by hand.

An article opens with ``=== id | topic``, closes with ``---`` and a list ``number: name | name (kind)``. In the text
``{c1 …}`` is content, ``{u1 …}`` the cue and ``{s1 …}`` the speaker's mention of quotation 1; spans may be nested. The
kind is person unless it says organisation, group or unnamed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from quotewire_extract.quotation import CharSpan

FOLDER = Path(__file__).parent
HALVES = ("seen", "unseen")

_HEAD = re.compile(r"^=== (?P<id>\w+) \| (?P<topic>.+)$", re.MULTILINE)
_MARK = re.compile(r"\{([cus])(\d+) |\}")
_NAMES = re.compile(r"^(\d+): (.+?)(?: \((person|organisation|group|unnamed)\))?$")


@dataclass
class MarkedQuotation:
    """One marked quotation. ``names`` are the resolved speakers, several for a joint statement."""

    number: int
    content: list[CharSpan] = field(default_factory=list)
    cue: list[CharSpan] = field(default_factory=list)
    speaker: list[CharSpan] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    kind: str = "person"


@dataclass
class Article:
    """One article without its markup, and what is said in it."""

    id: str
    topic: str
    text: str
    quotations: list[MarkedQuotation]


class MarkupError(ValueError):
    """The source of an article violates the markup; the message says where and how."""


def load(half: str, folder: Path = FOLDER) -> list[Article]:
    """Load one half ("seen" or "unseen"). Raises MarkupError."""
    source = (folder / f"{half}.txt").read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(source))
    ends = [head.start() for head in heads[1:]] + [len(source)]
    return [
        _article(head["id"], head["topic"], source[head.end() : end].strip("\n"))
        for head, end in zip(heads, ends, strict=True)
    ]


def _article(identity: str, topic: str, source: str) -> Article:
    marked, rule, names = source.partition("\n---\n")
    if not rule:
        raise MarkupError(f"{identity}: no line --- before the names")
    text, quotations = _unmark(identity, marked)
    for line in filter(None, names.splitlines()):
        match = _NAMES.match(line)
        if match is None or int(match[1]) not in quotations:
            raise MarkupError(f"{identity}: {line!r} names no marked quotation")
        quotations[int(match[1])].names = match[2].split(" | ")
        quotations[int(match[1])].kind = match[3] or "person"
    for number, one in quotations.items():
        if not one.content or not one.names:
            raise MarkupError(f"{identity}: quotation {number} lacks {'names' if one.content else 'content'}")
    return Article(identity, topic, text, [quotations[number] for number in sorted(quotations)])


def _unmark(identity: str, marked: str) -> tuple[str, dict[int, MarkedQuotation]]:
    quotations: dict[int, MarkedQuotation] = {}
    open_marks: list[tuple[str, int, int]] = []
    text = ""
    last = 0
    for mark in _MARK.finditer(marked):
        text += marked[last : mark.start()]
        last = mark.end()
        if mark[1]:
            open_marks.append((mark[1], int(mark[2]), len(text)))
            continue
        if not open_marks:
            raise MarkupError(f"{identity}: a brace closes nothing after {text[-30:]!r}")
        role, number, start = open_marks.pop()
        one = quotations.setdefault(number, MarkedQuotation(number))
        {"c": one.content, "u": one.cue, "s": one.speaker}[role].append((start, len(text)))
    if open_marks:
        raise MarkupError(f"{identity}: {open_marks[-1][0]}{open_marks[-1][1]} is not closed")
    return text + marked[last:], quotations


def mention_type(article: Article, quotation: MarkedQuotation) -> str:
    """Return how the mention points to its speaker: name, surname, pronoun, description or nquotation."""
    if not quotation.speaker:
        return "none"
    mention = article.text[slice(*quotation.speaker[-1])]
    if mention.lower() in {"he", "she", "they", "it", "who", "which", "both"}:
        return "pronoun"
    if quotation.kind != "person":
        return (
            "description"
            if mention[:1].islower() or mention.split()[0] in {"The", "A", "One", "His", "Her"}
            else "name"
        )
    if all(name in mention for name in quotation.names):
        return "name" if " " in quotation.names[0] else "surname"
    return "surname" if any(name.split()[-1] in mention for name in quotation.names) else "description"
