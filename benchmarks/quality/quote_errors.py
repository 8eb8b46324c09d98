"""List what went wrong with quotations: every error in its sentence, sorted by its sort."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quote_scores import ENOUGH, NEARLY_ALL, Item, Pair, WordedText

from quotewire_training.spans import Stretch

_SENTENCE_END = re.compile(r"[.!?][\"”’'»)]*\s+|\n+")


class Fault(StrEnum):
    """Sorts of error, in the order of the listing."""

    MISS = "missed"
    FALSE_ALARM = "false alarm"
    BOUNDARY = "wrong boundary"
    SPEAKER = "wrong speaker"


@dataclass(frozen=True, slots=True)
class Error:
    """One error. `where` is ARTICLE:OFFSET, `sentence` the text around with the words in question marked."""

    fault: Fault
    kind: str
    where: str
    detail: str
    sentence: str


def errors(
    name: str, worded: WordedText, gold: Sequence[Item], found: Sequence[Item], paired: Sequence[Pair], view: str
) -> list[Error]:
    """The errors of one article in one view."""
    matched = {pair.gold: pair for pair in paired if pair.overlap > 0}
    by_found = {pair.found: pair for pair in paired if pair.overlap > 0}
    listed: list[Error] = []

    def add(fault: Fault, item: Item, detail: str, stretches: Sequence[Stretch]) -> None:
        start = min(a for a, _ in item.attribution.content)
        listed.append(Error(fault, item.kind, f"{name}:{start}", detail, in_sentence(worded.text, stretches)))

    for i, item in enumerate(gold):
        if not item.in_view(view):
            continue
        pair = matched.get(i)
        if pair is None:
            add(Fault.MISS, item, _parts(worded.text, item), item.attribution.content)
            continue
        other = found[pair.found]
        if pair.overlap < NEARLY_ALL:
            size = "lost" if pair.overlap < ENOUGH else "near"
            detail = f"J {pair.overlap:.2f} ({size}); found: {_short(worded.text, other.attribution.content)}"
            add(Fault.BOUNDARY, item, detail, item.attribution.content)
        if pair.overlap >= ENOUGH and not pair.speaker:
            said = _short(worded.text, item.attribution.source) or "nobody"
            detail = f"gold: {said}; found: {_short(worded.text, other.attribution.source) or 'nobody'}"
            add(Fault.SPEAKER, item, detail, item.attribution.content)
    for j, item in enumerate(found):
        if j not in by_found:
            add(Fault.FALSE_ALARM, item, _parts(worded.text, item), item.attribution.content)
    return listed


def in_sentence(text: str, stretches: Sequence[Stretch]) -> str:
    """The sentences around the stretches on one line, each stretch between ⟦ and ⟧."""
    begin, end = min(a for a, _ in stretches), max(b for _, b in stretches)
    earliest = max(0, begin - 400)
    start = max((m.end() for m in _SENTENCE_END.finditer(text, earliest, begin)), default=earliest)
    after = _SENTENCE_END.search(text, end)
    stop = min(after.start() + 1 if after else len(text), end + 250)
    out, place = "", start
    for a, b in sorted(stretches):
        out += text[place:a] + "⟦" + text[a:b] + "⟧"
        place = b
    return " ".join((out + text[place:stop]).split())


def listing(found: Sequence[Error]) -> str:
    """The errors as text, by sort, then by kind, with a table of counts before them."""
    counts = Counter((error.fault, error.kind) for error in found)
    lines = ["# Errors", ""]
    for fault in Fault:
        by_kind = ", ".join(f"{kind} {counts[fault, kind]}" for kind in ("direct", "mixed", "indirect"))
        total = sum(n for (which, _), n in counts.items() if which is fault)
        lines.append(f"{fault:15} {total:5}  ({by_kind})")
    for fault in Fault:
        for error in sorted((e for e in found if e.fault is fault), key=lambda e: (e.kind, e.where)):
            lines += ["", f"## {fault} · {error.kind} · {error.where}", error.detail, error.sentence]
    return "\n".join(lines) + "\n"


def _parts(text: str, item: Item) -> str:
    cue = _short(text, item.attribution.cue) or "none"
    return f"cue: {cue}; source: {_short(text, item.attribution.source) or 'nobody'}"


def _short(text: str, stretches: Sequence[Stretch], most: int = 160) -> str:
    joined = " … ".join(" ".join(text[a:b].split()) for a, b in stretches)
    return joined if len(joined) <= most else joined[: most - 1] + "…"
