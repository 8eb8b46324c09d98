"""Enriched articles for people: a table of who said what, or one page with the quotations marked in the text."""

import html
from collections.abc import Iterator, Sequence

from quotewire.tables import Format, show
from quotewire_schemas import EnrichedArticle, Quote

_STYLE = """
body { font: 17px/1.55 Georgia, serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
h1 { font-size: 1.5rem; line-height: 1.25 } small, figcaption { font: 13px/1.4 system-ui, sans-serif; color: #555 }
mark { padding: .1em 0; color: inherit } mark.direct { background: #ffe9a8 } mark.mixed { background: #e9f0c4 }
mark.indirect { background: #d9ecf5 } b.cue { font-weight: normal; border-bottom: 2px solid #b55 }
u.speaker { text-decoration: none; border-bottom: 2px solid #357 } article + article { margin-top: 4rem }
p.text { white-space: pre-line }
"""


def quotation_table(enriched: Sequence[EnrichedArticle]) -> None:
    """Print who said what, one row per quotation; below, a line per article that was not annotated fully."""
    rows = [
        {
            "article": _heading(record),
            "speaker": _who(quote),
            "kind": str(quote.kind),
            "content": quote.content,
            "confidence": quote.confidence,
        }
        for record in enriched
        for quote in record.quotes
    ]
    columns = ["article", "speaker", "kind", "content", "confidence"]
    show(rows, columns if len(enriched) > 1 else columns[1:], Format.TABLE)
    for record in enriched:
        if record.annotation.reason:
            print(f"{_heading(record)}: {record.annotation.status}: {record.annotation.reason}")


def html_page(enriched: Sequence[EnrichedArticle]) -> str:
    """A page that needs nothing from outside: each article with content, cue and speaker of its quotations marked."""
    body = "\n".join(_article(record) for record in enriched)
    return (
        f'<!doctype html>\n<html lang="{html.escape(enriched[0].article.language or "")}"><meta charset="utf-8">'
        f"<title>Who said what</title><style>{_STYLE}</style>\n{body}\n</html>"
    )


def _article(record: EnrichedArticle) -> str:
    note = record.annotation.reason or f"{len(record.quotes)} quotations, {len(record.entities)} entities"
    return (
        f"<article><h1>{html.escape(_heading(record))}</h1><small>{html.escape(note)}</small>"
        f'<p class="text">{"".join(_marked(record))}</p></article>'
    )


def _marked(record: EnrichedArticle) -> Iterator[str]:
    """The text with tags around what the quotations point at. Spans that overlap an earlier one are left unmarked."""
    text = record.article.text
    spans: list[tuple[int, int, str, str]] = []
    for quote in record.quotes:
        title = html.escape(f"{_who(quote)} ({quote.kind}, {quote.confidence:.2f})", quote=True)
        spans += (
            (start, end, f'<mark class="{quote.kind}" title="{title}">', "</mark>")
            for start, end in quote.content_spans
        )
        if quote.cue:
            spans.append((quote.cue.start, quote.cue.end, '<b class="cue">', "</b>"))
        for speaker in quote.speakers:
            if speaker.start is not None and speaker.end is not None:
                name = html.escape(speaker.name or "", quote=True)
                spans.append((speaker.start, speaker.end, f'<u class="speaker" title="{name}">', "</u>"))
    at = 0
    for start, end, before, after in sorted(spans):
        if start >= at:
            yield html.escape(text[at:start], quote=False)
            yield before + html.escape(text[start:end], quote=False) + after
            at = end
    yield html.escape(text[at:], quote=False)


def _heading(record: EnrichedArticle) -> str:
    return record.article.title or record.article.article_id


def _who(quote: Quote) -> str:
    return " and ".join(speaker.name or speaker.text or "unknown" for speaker in quote.speakers) or "unknown"
