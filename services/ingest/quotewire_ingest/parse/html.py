"""Reads one saved or fetched page: bytes to a reading, or a refusal."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from quotewire_ingest.identity import article_id_of_external, article_id_of_url, resolve_canonical
from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse import json_ld, metadata, xpath
from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate
from quotewire_ingest.parse.charset import decode_page
from quotewire_ingest.parse.language import detect_language
from quotewire_ingest.parse.non_articles import collect_signals, is_paywalled, reject_non_articles, reject_paywalled
from quotewire_ingest.parse.page_context import collect_page_context
from quotewire_ingest.parse.plain_text import normalize_text
from quotewire_ingest.parse.standfirst import find_standfirst, prepend_standfirst
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.urls import is_home_page, normalize_url

# Below this many characters there is no article on the page: the shortest of 438 real bodies has 172.
FEWEST_CHARACTERS = 100

# The parser's time grows with the square of an element's attributes (50,000 of them: 5 s). Elements of real pages have
# dozens; long tags carry images or data in a single one.
_MOST_ATTRIBUTES = 2000
_HTML = re.compile(rb"<(?:!doctype )?html", re.IGNORECASE)
# Where an XHTML page has its first element at the latest, behind declarations and comments.
_PROLOGUE_BYTES = 8192
# More replacement characters than this in the text of a page, and its bytes were no text.
_DAMAGE_ALLOWED = 0.02
_COUNT = xpath.number("count(//*)")
_LONG_TAG = re.compile(rb"<[a-zA-Z][^>]{16384,}")

# XML has no place for them, so neither the parser nor trafilatura takes them.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def parse_html(document: Document, max_elements: int) -> ParsedArticle:
    """Read a page. Blocking and without a bound in time: call it in a process that can be ended.

    Raises ``Rejected``: ``empty``, ``binary``, ``not_a_page``, ``too_many_elements``, ``no_text``, ``too_large``.
    """
    tree = parse(document.body, document.charset, max_elements)
    page = metadata.gather(tree, document.url, _Once(tree, document.url))
    reading = _identified(document, page)
    metadata.decide(reading, document, page)
    article = page.article or {}
    titles = [reading.title, *page.meta.headings, page.meta.first("og:title"), page.meta.title_element]
    around = collect_page_context(tree, [*titles, json_ld.text_of(article.get("headline"))], _names(reading, page))
    seen, for_sale = collect_signals(tree), is_paywalled(tree, article.get("isAccessibleForFree"))
    described = [json_ld.text_of(article.get("description")), page.meta.first("og:description", "description")]
    lead = find_standfirst(tree, described)
    text = _body_text(tree, document.url) or ""
    dated = reading.published_at is not None and reading.provenance.get("published_at") != "extractor"
    reject_non_articles(seen, page.meta, text, reading.canonical_url, dated)
    if len(text) < FEWEST_CHARACTERS:
        raise Rejected(RejectionReason.NO_TEXT, "no article text found on the page")
    reject_paywalled(page.meta, for_sale, text)
    cleaned = drop_boilerplate(normalize_text(prepend_standfirst(text, lead)), around)
    reading.text, reading.captions, reading.dropped = cleaned.text, cleaned.captions, cleaned.dropped
    reading.provenance["text"] = "extractor"
    if len(reading.text) < FEWEST_CHARACTERS:
        raise Rejected(RejectionReason.NO_TEXT, "no article text found on the page, only links and labels")
    if reading.text.count("\ufffd") > _DAMAGE_ALLOWED * len(reading.text):
        raise Rejected(RejectionReason.NOT_A_PAGE, "bytes that are no text")
    reading.language = detect_language(reading.text)
    reading.provenance["language"] = "inferred"
    return reading


def parse(body: bytes, charset: str | None, max_elements: int) -> HtmlElement:
    """Parse the bytes of a page, with the bounds that keep the parser's time and memory small."""
    if not body.strip():
        raise Rejected(RejectionReason.EMPTY, "the page is empty")
    _refuse_other_kinds(body)
    # Cheap and before the parser: a million elements take it seconds. Half of the marks at most are end tags, so twice
    # the bound is safe.
    if body.count(b"<") > 3 * max_elements:
        raise Rejected(RejectionReason.TOO_MANY_ELEMENTS, f"more than {max_elements} elements")
    for tag in _LONG_TAG.finditer(body):
        if tag[0].count(b"=") > _MOST_ATTRIBUTES:
            raise Rejected(
                RejectionReason.TOO_MANY_ELEMENTS, f"an element with more than {_MOST_ATTRIBUTES} attributes"
            )
    text = _CONTROLS.sub("", decode_page(body, charset))
    parser = HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise Rejected(RejectionReason.NOT_A_PAGE, "not an HTML page") from error
    if _COUNT(tree) > max_elements:
        raise Rejected(RejectionReason.TOO_MANY_ELEMENTS, f"more than {max_elements} elements")
    return tree


def _refuse_other_kinds(body: bytes) -> None:
    head = body[:1024].lstrip()
    if body[257:262] == b"ustar":
        raise Rejected(RejectionReason.NOT_A_PAGE, "a tar archive, not an HTML page")
    if head.startswith(b"<?xml") and not _HTML.search(body[:_PROLOGUE_BYTES]):
        raise Rejected(RejectionReason.NOT_A_PAGE, "XML that is no page and no feed")
    kinds = (
        (b"%PDF", "a PDF"),
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"GIF8", "an image"),
        (b"RIFF", "media"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "gzip data"),
        (b"BZh", "bzip2 data"),
        (b"\xfd7zXZ", "xz data"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"Rar!", "a RAR archive"),
        (b"OggS", "media"),
        (b"ID3", "media"),
        (b"{\\rtf", "an RTF document"),
    )
    for mark, kind in kinds:
        if head.startswith(mark):
            raise Rejected(RejectionReason.NOT_A_PAGE, f"{kind}, not an HTML page")
    if b"ftyp" in body[4:12]:
        raise Rejected(RejectionReason.NOT_A_PAGE, "media, not an HTML page")
    if b"<" not in body:
        raise Rejected(RejectionReason.NOT_A_PAGE, "not an HTML page: it holds no element")


def _identified(document: Document, page: metadata.MetadataSources) -> ParsedArticle:
    """Decide the address and with it the identity."""
    stated = page.meta.canonical or page.meta.first("og:url")
    url, given = document.url, True
    if url is None and stated and stated.startswith(("http://", "https://")):
        try:
            url, given = (stated, False) if not is_home_page(normalize_url(stated)) else (None, True)
        except ValueError:
            url = None
    if url is None:
        if document.external_id is None:
            raise Rejected(
                RejectionReason.BAD_ADDRESS, "a page without an address; give one with --url or in the manifest"
            )
        article_id = article_id_of_external(document.source_id, document.external_id)
        return ParsedArticle(article_id, document.source_id, "", document.fetched_at)
    try:
        canonical_url, syndicated_from = resolve_canonical(url, page.meta.canonical)
    except ValueError as error:
        raise Rejected(RejectionReason.BAD_ADDRESS, str(error)) from error
    reading = ParsedArticle(article_id_of_url(canonical_url), document.source_id, "", document.fetched_at)
    reading.url, reading.canonical_url, reading.syndicated_from = url, canonical_url, syndicated_from
    reading.provenance["url"] = "given" if given else "meta"
    reading.provenance["canonical_url"] = (
        "meta" if page.meta.canonical and canonical_url != normalize_url(url) else "inferred"
    )
    return reading


def _names(reading: ParsedArticle, page: metadata.MetadataSources) -> list[str]:
    stated = json_ld.names_of((page.article or {}).get("author"), page.nodes)
    return [*reading.authors, *(name for name, _ in stated)]


class _Once:
    """Trafilatura's metadata search, run when first asked for; to be asked before the body's text, which is pruned."""

    def __init__(self, tree: HtmlElement, url: str | None) -> None:
        self._tree, self._url = tree, url
        self._found: Any = None

    def __call__(self) -> Any:
        if self._found is None:
            from trafilatura.metadata import extract_metadata

            try:
                self._found = extract_metadata(deepcopy(self._tree), self._url, extensive=False)
            except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, etree.LxmlError):
                self._found = object()  # its search fell over this page; the other witnesses have spoken
        return self._found


@lru_cache(maxsize=1)
def _extraction() -> Any:
    import logging

    import trafilatura

    logging.getLogger("trafilatura").setLevel(
        logging.CRITICAL
    )  # a page that it cannot read is our outcome, not its log line
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    return trafilatura.bare_extraction


def _body_text(tree: HtmlElement, url: str | None) -> str | None:
    try:
        document = _extraction()(tree, url=url, include_comments=False, with_metadata=False)
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, etree.LxmlError) as error:
        raise Rejected(RejectionReason.NO_TEXT, f"the page cannot be read ({type(error).__name__})") from error
    return str(document.text) if document is not None and document.text else None
