"""Parse one saved or fetched page: from bytes to an article, or to the reason why it is none."""

from __future__ import annotations

from quotewire_ingest.identity import article_id_of_external, article_id_of_url, resolve_canonical
from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse.body.completeness import complete_text
from quotewire_ingest.parse.body.inline_words import keep_inline_words
from quotewire_ingest.parse.body.other_parts import remove_other_parts, remove_unseen
from quotewire_ingest.parse.body.reader_comments import separate_comments
from quotewire_ingest.parse.body.screen_reader import remove_screen_reader_words
from quotewire_ingest.parse.body.stated_body import find_unshown
from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate
from quotewire_ingest.parse.extractor import MetadataSearch, extract_body
from quotewire_ingest.parse.html_tree import build_tree
from quotewire_ingest.parse.language import detect_language
from quotewire_ingest.parse.metadata import json_ld
from quotewire_ingest.parse.metadata.choose import choose_metadata
from quotewire_ingest.parse.metadata.statements import MetadataSources, collect_sources
from quotewire_ingest.parse.mojibake import repair_mojibake
from quotewire_ingest.parse.non_articles import (
    collect_signals,
    reject_non_articles,
    reject_paywalled,
)
from quotewire_ingest.parse.normalization import normalize_text
from quotewire_ingest.parse.page_context import collect_page_context
from quotewire_ingest.parse.standfirst import find_standfirst, prepend_standfirst
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import is_home_page, normalize_url
from quotewire_schemas.article import Dropped

# A page with less text holds no article: the shortest of 438 real bodies has 172 characters.
MIN_TEXT_CHARACTERS = 100
# A text with a larger share of replacement characters was no text before it was decoded.
_MAX_REPLACEMENT_SHARE = 0.02


def parse_html(document: Document, max_elements: int) -> ParsedArticle:
    """Parse a page.

    Blocks, and malicious pages take it very long: call it in a worker process with a deadline.

    Raises ``Rejected``: ``empty``, ``not_a_page``, ``too_many_elements``, ``bad_address``, ``no_text``, ``too_large``,
    and the reasons of :mod:`quotewire_ingest.parse.non_articles`.
    """
    tree = build_tree(document.body, document.charset, max_elements)
    sources = collect_sources(tree, document.url, MetadataSearch(tree, document.url))
    parsed = _identify(document, sources)
    choose_metadata(parsed, document, sources)
    parsed.title = repair_mojibake(parsed.title) if parsed.title else None
    parsed.authors = [repair_mojibake(name) for name in parsed.authors]

    remove_unseen(tree)
    keep_inline_words(tree, sources.meta.language)
    remove_screen_reader_words(tree)
    separate_comments(tree)
    # The extractor prunes the tree, so everything else is taken from the tree before it.
    headline = json_ld.first_text(sources.article.get("headline"))
    titles = [
        parsed.title,
        *sources.meta.headings,
        sources.meta.first("og:title"),
        sources.meta.title_element,
        headline,
    ]
    context = collect_page_context(tree, titles, _all_author_names(parsed, sources))
    signals = collect_signals(tree)
    description = json_ld.first_text(sources.article.get("description"))
    standfirst = find_standfirst(tree, [description, sources.meta.first("og:description", "description")])

    not_taken = remove_other_parts(tree, titles)
    text = extract_body(tree, document.url) or ""
    dated = parsed.published_at is not None and parsed.provenance.get("published_at") != "extractor"
    reject_non_articles(signals, sources.meta, text, parsed.canonical_url, dated)
    if len(text) < MIN_TEXT_CHARACTERS:
        raise Rejected(RejectionReason.NO_TEXT, "no article text found on the page")
    reject_paywalled(tree, sources.meta, sources.article.get("isAccessibleForFree"), text)
    completed = complete_text(tree, prepend_standfirst(text, standfirst))
    unshown, missing = find_unshown(completed.text, json_ld.first_text(sources.article.get("articleBody")))
    cleaned = drop_boilerplate(normalize_text("\n".join([completed.text, *unshown])), context)
    parsed.text, parsed.captions = cleaned.text, cleaned.captions
    not_taken += completed.not_taken + missing
    parsed.dropped = cleaned.dropped + [Dropped(text=line, reason="not_taken") for line in not_taken]
    parsed.provenance["text"] = "extractor"
    if len(parsed.text) < MIN_TEXT_CHARACTERS:
        raise Rejected(RejectionReason.NO_TEXT, "no article text found on the page, only links and labels")
    if parsed.text.count("\ufffd") > _MAX_REPLACEMENT_SHARE * len(parsed.text):
        raise Rejected(RejectionReason.NOT_A_PAGE, "bytes that are no text")
    parsed.language = detect_language(parsed.text)
    parsed.provenance["language"] = "inferred"
    return parsed


def _identify(document: Document, sources: MetadataSources) -> ParsedArticle:
    """Decide the URLs of the article and with them its id."""
    canonical = sources.meta.canonical
    url, stated = document.url, False
    if url is None:
        url = _stated_url(canonical or sources.meta.first("og:url"))
        stated = url is not None
    if url is None:
        if document.external_id is None:
            raise Rejected(
                RejectionReason.BAD_ADDRESS, "a page without an address; give one with --url or in the manifest"
            )
        article_id = article_id_of_external(document.source_id, document.external_id)
        return ParsedArticle(article_id, document.source_id, "", document.fetched_at)
    try:
        canonical_url, syndicated_from = resolve_canonical(url, canonical)
    except ValueError as error:
        raise Rejected(RejectionReason.BAD_ADDRESS, str(error)) from error
    parsed = ParsedArticle(article_id_of_url(canonical_url), document.source_id, "", document.fetched_at)
    parsed.url, parsed.canonical_url, parsed.syndicated_from = url, canonical_url, syndicated_from
    parsed.provenance["url"] = "meta" if stated else "given"
    parsed.provenance["canonical_url"] = "meta" if canonical and canonical_url != normalize_url(url) else "inferred"
    return parsed


def _stated_url(url: str | None) -> str | None:
    """The URL that a saved page states for itself, if it can be an article's."""
    if not url or not url.startswith(("http://", "https://")):
        return None
    try:
        return None if is_home_page(normalize_url(url)) else url
    except ValueError:
        return None


def _all_author_names(parsed: ParsedArticle, sources: MetadataSources) -> list[str]:
    """The chosen authors, and every name that JSON-LD states: a page shows those of desks as well."""
    stated = json_ld.author_names(sources.article.get("author"), sources.nodes)
    return [*parsed.authors, *(name for name, _ in stated)]
