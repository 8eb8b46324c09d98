"""Twice the text, twice the work: what the rules do is counted, for texts that make searches start again and again.

Times are measured by ``benchmarks/speed/linear.py``.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from itertools import product
from string import ascii_lowercase
from types import FrameType

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from kit.builders import article
from quotewire_extract.attribution import coreference
from quotewire_extract.attribution.component import SpeakersComponent
from quotewire_extract.entities.component import NamesComponent
from quotewire_extract.extensions import register_extensions
from quotewire_extract.long_runs import without_long_runs
from quotewire_extract.quotation import Quotation
from quotewire_extract.quotation_marks import marked_spans
from quotewire_extract.tagger.layout import attributed_by_layout, merge_with_layout
from quotewire_extract.to_records import entities, quotes

KINDS = {
    "speakers": "“We will stay,” Ana @ said. ",
    "one speaker": "“We will stay,” Ana Ruiz said. ",
    "one surname": "“We will stay,” @ Ruiz said. Mr. Ruiz went. ",
    "he": "“We will stay,” he said. Ana @ left. ",
    "they": "“We will stay,” they said. Ana @ left. ",
    "it": "“We will stay,” it said. The @ Foods left. ",
    "descriptions": "“We will stay,” the mayor said. Mayor Ana @ left. ",
    "companies": "“We will stay,” the company said. The @ Foods left. ",
    "who": "Ana @ met Bo @, who said “we will stay”. ",
    "no mention": "“We will never leave this old town of ours.”\n",
    "headings": "“A town in fear”\n",
    "lines": "“We will stay,” Ana @ said.\n",
    "times": "10:15 “We will stay,” Ana @ said.\n",
    "signed": "“We will stay here.” — Ana @\n",
    "turns": "^: We will stay here.\nRUIZ: We will.\n",
    "answers": "Q: Will you stay here?\nA: We will.\n",
    "marked turns": '"Q: Will you stay here?\n"A: We will.\n',
    "names": "Ana @ ",
    "capitals": "RUIZ ",
    "opening marks": "“",
    "straight marks": '"',
    "apostrophes": " ‘a",
    "brackets": "(",
    "blanks": " ",
    "one token": "a",
    "dots": "a.",
}
"""What is repeated; `@` becomes another name each time, `^` another one in capitals."""

_REPORT = re.compile(
    r"(?P<before>Ana \w+ met Bo \w+, )?(?:(?P<who>who) (?P<cue_before>said) )?(?P<content>“[^“”\n]+”)"
    r"(?: (?P<source>he|they|it|the mayor|the company|\w+ \w+) (?P<cue>said))?"
)
_NAME = re.compile(r"\b(?P<ORG>\w+ Foods)\b|\b(?P<PERSON>(?:Ana|Bo) \w+|[A-Z]\w+ Ruiz|Ruiz|RUIZ)\b")


@pytest.fixture(scope="module")
def nlp() -> Language:
    """Words and sentences alone."""
    register_extensions()
    made = spacy.blank("en")
    made.tokenizer = without_long_runs(made.tokenizer)
    made.add_pipe("sentencizer")
    return made


def text_of(unit: str, size: int) -> str:
    """Repeat a unit up to about so many code points."""
    names = _names()
    parts: list[str] = []
    length = 0
    while length < size:
        part = re.sub("@", lambda _: next(names).capitalize(), unit)
        parts.append(re.sub(r"\^", lambda _: next(names).upper(), part))
        length += len(part)
    return "".join(parts)


def _names() -> Iterator[str]:
    return ("".join(letters) for letters in product(ascii_lowercase, repeat=4))


def annotate(nlp: Language, text: str) -> list[object]:
    """Do what the pipeline does, with the words of reports and names as if the tagger had found them."""
    doc = nlp(text)
    doc.set_ents([span for match in _NAME.finditer(text) if (span := _span(doc, match)) is not None])
    found = [report for match in _REPORT.finditer(text) if (report := _quotation(match)) is not None]
    doc._.quotes = merge_with_layout(found, attributed_by_layout(text, marked_spans(text)))
    doc = SpeakersComponent()(NamesComponent()(doc))
    return [*entities(doc), *quotes(doc, article(text="short").model_copy(update={"text": text}), 1)]


def _span(doc: Doc, match: re.Match[str]) -> Span | None:
    return doc.char_span(*match.span(), label=str(match.lastgroup))


def _quotation(match: re.Match[str]) -> Quotation | None:
    cue = "cue" if match["cue"] else "cue_before"
    source = "source" if match["cue"] else "who"
    if not match[cue]:
        return None
    return Quotation([match.span("content")], match.span(cue), match.span(source), "direct", 0.9, 0.9)


def operations(step: Callable[[], object]) -> int:
    """Count the lines of Python that a step runs, each turn of a loop as one."""
    count = 0

    def trace(frame: FrameType, event: str, arg: object) -> object:
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # its type cannot be written: it returns itself
    try:
        step()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_text_takes_twice_the_work(nlp: Language, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coreference, "MAX_PEOPLE", 20)  # short texts name few people
    annotate(nlp, text_of(KINDS[kind], 500))  # tables that are loaded once
    short, long = (text_of(KINDS[kind], size) for size in (3_000, 6_000))
    assert operations(lambda: annotate(nlp, long)) < 2.3 * operations(lambda: annotate(nlp, short)) + 1000


@pytest.mark.parametrize("kind", ["names", "opening marks", "apostrophes", "brackets", "blanks", "one token", "dots"])
def test_a_long_text_takes_no_time_that_matters(nlp: Language, kind: str) -> None:
    """Regular expressions and spaCy do their work in C, where nobody counts it: 30,000 code points take a second."""
    text = text_of(KINDS[kind], 30_000)
    began = time.process_time()
    annotate(nlp, text)
    assert time.process_time() - began < 8
