"""Render enriched articles for people: a table of 80 columns, or an HTML page with everything highlighted."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from textwrap import shorten
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quotewire_schemas import EnrichedArticle, Quote

WIDTH = 80
"""Columns of the table where the width of the terminal is unknown."""
MIN_WIDTH = 60
"""Columns below which names and words would be too short; a narrower terminal wraps the lines."""
_NAME_WIDTH = 27
"""Columns for the speaker: nine of ten full names in our articles have at most 24 letters."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fdfdfb; --quiet: #666; --direct: #ffe7a0;
  --mixed: #dff0c2; --indirect: #d6eaf6; --cue: #b23a48; --speaker: #1f4e79; --entity: #8a8a8a }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e1; --paper: #191919; --quiet: #a0a0a0; --direct: #5a4a10;
  --mixed: #364d1c; --indirect: #1d3f55; --cue: #ef8d99; --speaker: #8fc1ee; --entity: #8a8a8a } }
body { font: 17px/1.6 Georgia, "Times New Roman", serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper) }
h1 { font-size: 1.5rem; line-height: 1.25; margin-bottom: .2rem }
article + article { margin-top: 4rem } p.text { white-space: pre-line }
.note, .legend, .voices { font: 13px/1.7 system-ui, sans-serif; color: var(--quiet) }
.direct { background: var(--direct) } .mixed { background: var(--mixed) } .indirect { background: var(--indirect) }
.nested { outline: 1px dotted var(--quiet) } .unsure { opacity: .65 }
.cue { border-bottom: 2px solid var(--cue) } .speaker { border-bottom: 3px double var(--speaker); font-weight: bold }
.entity { text-decoration: underline dotted var(--entity) } [title] { cursor: help }
.legend span { padding: 0 .25em; margin-right: .6em } .voices b { color: var(--ink) }
"""

_LEGEND = (
    '<p class="legend"><span class="direct">word for word</span><span class="mixed">partly in marks</span>'
    '<span class="indirect">reported</span><span class="cue">cue</span><span class="speaker">speaker</span>'
    '<span class="entity">name</span><span class="indirect unsure">unsure</span>Point at a passage to see who says it.'
    "</p>"
)


@dataclass
class _Layer:
    """One highlighted span of the text: its CSS classes, the tooltip, and its size, by which layers are nested."""

    start: int
    end: int
    classes: str
    title: str
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = self.end - self.start


def html_page(articles: Sequence[EnrichedArticle]) -> str:
    """Render one page without external resources: names, quotations, cues and speakers, with tooltips."""
    language = html.escape((articles[0].article.language if articles else None) or "en", quote=True)
    body = "\n".join(_article(record) for record in articles)
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Who said what</title><style>{_STYLE}</style></head>\n<body>{_LEGEND}\n{body}\n</body></html>"
    )


def _article(record: EnrichedArticle) -> str:
    note = record.annotation.reason or f"{len(record.quotes)} quotations, {len(record.entities)} names"
    counts = Counter(speaker_names(quote) for quote in record.quotes)
    speakers = ", ".join(f"<b>{html.escape(name)}</b> {count}" for name, count in counts.most_common())
    summary = f'<p class="voices">{speakers}</p>' if speakers else ""
    return (
        f"<article><h1>{html.escape(heading(record))}</h1>"
        f'<p class="note">{html.escape(note)}</p>{summary}<p class="text">{"".join(_pieces(record))}</p></article>'
    )


def _pieces(record: EnrichedArticle) -> Iterator[str]:
    """Split the text at every edge of a layer; each piece has the classes of all layers that cover it."""
    text = record.article.text
    layers = list(_layers(record))
    edges = sorted({0, len(text), *(layer.start for layer in layers), *(layer.end for layer in layers)})
    beginning: dict[int, list[_Layer]] = {}
    for layer in layers:
        beginning.setdefault(layer.start, []).append(layer)
    over: list[_Layer] = []
    for start, end in pairwise(edges):
        over = [layer for layer in (*over, *beginning.get(start, ())) if layer.end > start]
        over.sort(key=lambda layer: -layer.size)
        piece = html.escape(text[start:end], quote=False)
        if not over:
            yield piece
            continue
        classes = " ".join(dict.fromkeys(word for layer in over for word in layer.classes.split()))
        title = " · ".join(dict.fromkeys(layer.title for layer in reversed(over) if layer.title))
        hover = f' title="{html.escape(title, quote=True)}"' if title else ""
        yield f'<span class="{classes}"{hover}>{piece}</span>'


def _layers(record: EnrichedArticle) -> Iterator[_Layer]:
    for entity in record.entities:
        named = entity.text if entity.name == entity.text else f"{entity.text} = {entity.name}"
        yield _Layer(entity.start, entity.end, "entity", f"{named}, {entity.label}")
    for quote in record.quotes:
        details = ", ".join([str(quote.kind), f"{quote.confidence:.2f}", *quote.flags])
        unsure = " unsure" if "low_confidence" in quote.flags else ""
        nested = " nested" if quote.parent_quote_id else ""
        for start, end in quote.content_spans:
            yield _Layer(start, end, f"{quote.kind}{unsure}{nested}", f"{speaker_names(quote)} says ({details})")
        if quote.cue:
            yield _Layer(quote.cue.start, quote.cue.end, "cue", "")
        for speaker in quote.speakers:
            if speaker.start is not None and speaker.end is not None:
                confidence = "" if speaker.confidence is None else f", {speaker.confidence:.2f}"
                title = f"{speaker.text} = {speaker.name or 'unknown'} ({speaker.kind}{confidence})"
                yield _Layer(speaker.start, speaker.end, "speaker", title)


def quotation_table(articles: Sequence[EnrichedArticle], width: int = WIDTH) -> str:
    """Render one line per quotation within ``width`` columns, under one heading per article.

    A pronoun is shown after the name: "Ana Ruiz (she)". ``~`` before the confidence marks a low one.
    """
    width = max(width, MIN_WIDTH)
    lines: list[str] = []
    for record in articles:
        lines += ["", shorten(heading(record), width, placeholder=" …")] if lines else [heading(record)[:width]]
        if record.annotation.reason:
            lines.append(f"  {record.annotation.status}: {record.annotation.reason}")
        if not record.quotes and not record.annotation.reason:
            lines.append("  nobody is quoted")
        lines += [_line(quote, width) for quote in record.quotes]
    return "\n".join(lines)


def _line(quote: Quote, width: int) -> str:
    names = speaker_names(quote)
    pronoun = next((s.text for s in quote.speakers if s.text and len(s.text) <= 4 and s.text != s.name), "")
    name = shorten(names, _NAME_WIDTH - (len(pronoun) + 3 if pronoun else 0), placeholder="…")
    shown = f"{name} ({pronoun})" if pronoun else name
    confidence = f"{'~' if 'low_confidence' in quote.flags else ' '}{quote.confidence:.2f}"
    lead = f"  {shown:{_NAME_WIDTH}} {quote.kind!s:8} {confidence}  "
    content = " ".join(quote.content.split())
    rest = width - len(lead)
    return lead + (content if len(content) <= rest else content[: rest - 1].rstrip() + "…")


def heading(record: EnrichedArticle) -> str:
    """Return the article's title, else its URL or id."""
    return record.article.title or record.article.url or record.article.article_id


def speaker_names(quote: Quote) -> str:
    """Return the names of a quotation's speakers, joined by "and"."""
    return " and ".join(speaker.name or "unknown" for speaker in quote.speakers) or "unknown"
