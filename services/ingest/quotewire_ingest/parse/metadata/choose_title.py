"""Choose the title of an article: from the source that was measured to be right most often."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.metadata import json_ld
from quotewire_ingest.parse.metadata.markup import plain_text_of
from quotewire_ingest.parse.metadata.statements import MetadataSources
from quotewire_ingest.parse.metadata.titles import is_seo_headline, strip_outlet
from quotewire_ingest.parse.xpath import element_text

_ELLIPSES = ("...", "…")
# An only h1 with fewer words that the title element lacks is the name of a section.
_MIN_HEADLINE_WORDS = 3


def choose_title(parsed: ParsedArticle, document: Document, sources: MetadataSources, outlet_names: list[str]) -> None:
    """Fill the title, without the outlet's name and markup."""
    meta, headings = sources.meta, sources.meta.headings
    outlet_names = [*outlet_names, *meta.home_links]
    outlets = {fold(name) for name in outlet_names}

    def cleaned(title: str | None) -> str:
        return strip_outlet(plain_text_of(title), outlet_names, headings) if title else ""

    headline = (json_ld.first_text(sources.article.get("headline")), "json_ld")
    shared = (meta.first("og:title"), "opengraph")
    first, second = headline, shared
    if is_seo_headline(cleaned(headline[0]), cleaned(shared[0]), cleaned(meta.title_element)):
        first, second = shared, headline
    only_heading = headings[0] if len(headings) == 1 else None
    window = cleaned(meta.title_element)
    if only_heading and is_section(only_heading, window, outlets):
        only_heading = None
    candidates: Iterator[tuple[str | None, str]] = iter((
        (document.hints.title, document.hints.by),
        first,
        second,
        (only_heading, "extractor"),
    ))  # fmt: skip
    usable = _usable(candidates, cleaned, outlets) or _usable(_less_sure(sources, window, outlets), cleaned, outlets)
    if usable:
        parsed.title, parsed.provenance["title"] = _in_full(usable[0], usable, headings)


def _less_sure(sources: MetadataSources, window: str, outlets: set[str]) -> Iterator[tuple[str | None, str]]:
    """Yield the titles of a page without JSON-LD, OpenGraph and one ``h1``, the surest first."""
    meta, zone = sources.meta, sources.zone
    if zone.headline is not None and (shown := fold(element_text(zone.headline))) and shown in fold(window):
        yield element_text(zone.headline), "extractor"
    yield meta.first("twitter:title", "title", "dc.title", "parsely-title", "sailthru.title"), "meta"
    yield meta.title_element, "meta"
    yield next((text for text in meta.headings if not is_section(text, window, outlets)), None), "extractor"
    if zone.marked_headline is not None:
        yield element_text(zone.marked_headline), "extractor"


def _usable(
    candidates: Iterator[tuple[str | None, str]], cleaned: Callable[[str | None], str], outlets: set[str]
) -> list[tuple[str, str]]:
    return [(title, by) for text, by in candidates if (title := cleaned(text)) and fold(title) not in outlets]


def is_section(heading: str, window: str, outlets: set[str]) -> bool:
    """Whether a heading names a section: it is short, and the title element has another title than it."""
    folded = fold(window)
    return (
        len(heading.split()) < _MIN_HEADLINE_WORDS <= len(window.split())
        and folded not in outlets
        and fold(heading) not in folded
    )


def _in_full(chosen: tuple[str, str], usable: list[tuple[str, str]], headings: list[str]) -> tuple[str, str]:
    """Return a title that ends in an ellipsis as another source has it in full, if one does."""
    title, _ = chosen
    if not title.endswith(_ELLIPSES):
        return chosen
    beginning = fold(title)
    others = [*usable, *((plain_text_of(heading), "extractor") for heading in headings)]
    longer = (
        (other, by) for other, by in others if not other.endswith(_ELLIPSES) and fold(other).startswith(beginning)
    )
    return next(longer, chosen)
