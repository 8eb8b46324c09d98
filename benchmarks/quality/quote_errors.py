"""List the errors of found quotations: each in its sentence, ordered by type."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from quote_scores import WELL_FOUND, Item, Pair, WordedText

from quotewire_extract.word_overlap import MIN_OVERLAP
from quotewire_training.spans import Stretch

_SENTENCE_END = re.compile(r"[.!?][\"”’'»)]*\s+|\n+")


class Fault(StrEnum):
    """Types of errors, in the order of the listing."""

    MISS = "missed"
    FALSE_ALARM = "false alarm"
    BOUNDARY = "wrong boundary"
    SPEAKER = "wrong speaker"


@dataclass(frozen=True, slots=True)
class Error:
    """One error. `where` is ARTICLE:OFFSET, `sentence` the text around it with the words of the error marked."""

    fault: Fault
    kind: str
    where: str
    detail: str
    sentence: str


def errors(
    name: str, worded: WordedText, gold: Sequence[Item], found: Sequence[Item], paired: Sequence[Pair], view: str
) -> list[Error]:
    """Return the errors of one article in one view."""
    matched = {pair.gold: pair for pair in paired if pair.overlap > 0}
    by_found = {pair.found: pair for pair in paired if pair.overlap > 0}
    listed: list[Error] = []

    def add(fault: Fault, item: Item, detail: str, spans: Sequence[Stretch]) -> None:
        start = min(a for a, _ in item.attribution.content)
        listed.append(Error(fault, item.kind, f"{name}:{start}", detail, in_sentence(worded.text, spans)))

    for i, item in enumerate(gold):
        if not item.in_view(view):
            continue
        pair = matched.get(i)
        if pair is None:
            add(Fault.MISS, item, _parts(worded.text, item), item.attribution.content)
            continue
        other = found[pair.found]
        if pair.overlap < WELL_FOUND:
            size = "lost" if pair.overlap < MIN_OVERLAP else "near"
            detail = f"J {pair.overlap:.2f} ({size}); found: {_short(worded.text, other.attribution.content)}"
            add(Fault.BOUNDARY, item, detail, item.attribution.content)
        if pair.overlap >= MIN_OVERLAP and not pair.speaker:
            speaker = _short(worded.text, item.attribution.source) or "nobody"
            detail = f"gold: {speaker}; found: {_short(worded.text, other.attribution.source) or 'nobody'}"
            add(Fault.SPEAKER, item, detail, item.attribution.content)
    for j, item in enumerate(found):
        if j not in by_found:
            add(Fault.FALSE_ALARM, item, _parts(worded.text, item), item.attribution.content)
    return listed


def in_sentence(text: str, spans: Sequence[Stretch]) -> str:
    """Return the sentences around the spans on one line, each span between ⟦ and ⟧."""
    begin, end = min(a for a, _ in spans), max(b for _, b in spans)
    earliest = max(0, begin - 400)
    start = max((m.end() for m in _SENTENCE_END.finditer(text, earliest, begin)), default=earliest)
    after = _SENTENCE_END.search(text, end)
    stop = min(after.start() + 1 if after else len(text), end + 250)
    out, done = "", start
    for a, b in sorted(spans):
        out += text[done:a] + "⟦" + text[a:b] + "⟧"
        done = b
    return " ".join((out + text[done:stop]).split())


def listing(found: Sequence[Error]) -> str:
    """Return the errors as text, by type and kind, after a table of counts."""
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


def _short(text: str, spans: Sequence[Stretch], longest: int = 160) -> str:
    joined = " … ".join(" ".join(text[a:b].split()) for a, b in spans)
    return joined if len(joined) <= longest else joined[: longest - 1] + "…"
