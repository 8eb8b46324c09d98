"""The functions of ingest, names and schemas that take a text or the bytes of one, for `linear.py`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from html import escape

from cpu_clock import LARGEST, Chain, Clock
from lxml.html import HtmlElement
from protego import Protego

from quotewire_ingest.fetch.meta_refresh import refresh_target
from quotewire_ingest.identity import content_hash
from quotewire_ingest.model import Document, DocumentKind, ParsedArticle
from quotewire_ingest.parse.body.completeness import complete_text
from quotewire_ingest.parse.body.inline_words import keep_inline_words
from quotewire_ingest.parse.body.other_parts import remove_other_parts, remove_unseen
from quotewire_ingest.parse.body.reader_comments import separate_comments
from quotewire_ingest.parse.body.screen_reader import remove_screen_reader_words
from quotewire_ingest.parse.body.stated_body import find_unshown
from quotewire_ingest.parse.boilerplate.cleaner import PageContext, drop_boilerplate
from quotewire_ingest.parse.boilerplate.sentences import is_cut_off_teaser, is_sentence
from quotewire_ingest.parse.charset import decode_page
from quotewire_ingest.parse.extractor import MetadataSearch, extract_body
from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.html import parse_html
from quotewire_ingest.parse.html_tree import build_tree
from quotewire_ingest.parse.json_lines import parse_json_line
from quotewire_ingest.parse.language import detect_language
from quotewire_ingest.parse.line_wrapping.paragraphs import join_wrapped_lines
from quotewire_ingest.parse.metadata.bylines import parse_person_name, split_bylines
from quotewire_ingest.parse.metadata.choose import choose_metadata
from quotewire_ingest.parse.metadata.date_order import choose_date_order
from quotewire_ingest.parse.metadata.dates import parse_date
from quotewire_ingest.parse.metadata.json_repair import load_script
from quotewire_ingest.parse.metadata.plain_text import fill_metadata_from_lines, parse_visible_date
from quotewire_ingest.parse.metadata.statements import collect_sources
from quotewire_ingest.parse.metadata.titles import is_seo_headline, strip_markup, strip_outlet
from quotewire_ingest.parse.metadata.visible_byline import find_visible_bylines
from quotewire_ingest.parse.mojibake import repair_mojibake
from quotewire_ingest.parse.non_articles import collect_signals, reject_non_articles, reject_paywalled
from quotewire_ingest.parse.normalization import normalize_text
from quotewire_ingest.parse.page_context import collect_page_context
from quotewire_ingest.parse.plain_text import decode_plain_text, parse_plain_text
from quotewire_ingest.parse.standfirst import find_standfirst, prepend_standfirst
from quotewire_ingest.push.payload import PushRejected, parse_push
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import ParserSettings
from quotewire_ingest.sources.autodiscovery import find_feeds
from quotewire_ingest.sources.feeds import looks_like_feed, parse_feed
from quotewire_ingest.urls import is_home_page, normalize_url, registrable_domain
from quotewire_names import gender_of_given_name, guess_gender, name_key
from quotewire_runtime.postgres.text import to_storable
from quotewire_schemas import Article
from quotewire_schemas.article import Dropped
from quotewire_schemas.codec import DecodeError, decode, encode

NOW = datetime(2026, 9, 1, tzinfo=UTC)
URL = "https://news.example/politics/a-long-story"
MAX_ELEMENTS = ParserSettings().max_elements
REFRESH = '<meta http-equiv="refresh" content="0">'


def _one(
    name: str, function: Callable[[str], object], expected: type[Exception] = Rejected, most: int = LARGEST
) -> Chain:
    """Make a chain of one function that takes the text itself."""

    def run(text: str, timed: Clock) -> None:
        timed(name, lambda: function(text))

    return Chain(name, run, most, (expected,))


def _document(body: bytes, kind: DocumentKind) -> Document:
    return Document("text", body, kind, "harbour-post", "text", NOW, url=URL)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _plain_metadata(text: str, timed: Clock) -> None:
    parsed = ParsedArticle("a", "harbour-post", text, NOW)
    parsed.dropped = [Dropped(text=text, reason=reason) for reason in ("byline", "date_line")]
    timed("fill_metadata_from_lines", lambda: fill_metadata_from_lines(parsed))


def _record(text: str, timed: Clock) -> None:
    for field in ("text", "title", "authors", "published_at", "url", "captions", "language", "source_id"):
        fields = {"text": "We stay here. " * 20, field: [text] if field == "captions" else text}
        timed(f"parse_json_line: {field}", partial(_parse_line, json.dumps(fields).encode()))
    timed("parse_json_line: bytes", partial(_parse_line, _bytes(text)))
    lines = b"\n".join(json.dumps({"text": text[i : i + 4096]}).encode() for i in range(0, len(text), 4096))
    timed("parse_push", lambda: parse_push(lines, "application/x-ndjson", "harbour-post", None, NOW))


def _parse_line(body: bytes) -> None:
    with suppress(Rejected):
        parse_json_line(_document(body, DocumentKind.RECORD))


def _robots(text: str, timed: Clock) -> None:
    rules = "User-agent: *\n" + "".join(f"Disallow: {text[i : i + 60]}\n" for i in range(0, len(text), 60))
    for name, content in (("rules", rules), ("one rule", f"User-agent: *\nDisallow: {text}"), ("text", text)):
        parsed = timed(f"robots.txt: {name}", partial(Protego.parse, content))
        timed(f"robots.txt: {name}, can_fetch", partial(parsed.can_fetch, URL, "quotewire"))


def _parts(text: str, size: int = 100) -> Iterator[tuple[int, str]]:
    """Yield parts of a text, each with where it begins."""
    return ((start, text[start : start + size]) for start in range(0, len(text), size))


PAGES: dict[str, Callable[[str], str]] = {
    "body": lambda text: f"<html><body><article><h1>A title</h1><p>{escape(text)}</p></article></body></html>",
    "markup": lambda text: f"<html><body><p>We stay here.</p>{text}</body></html>",
    "paragraphs": lambda text: "<html><body>" + "".join(f"<p>{escape(part)}</p>" for _, part in _parts(text)),
    "links": lambda text: "<html><body>" + "".join(
        f'<li><a class="author {i}" href="/{i}">{escape(part)}</a></li>' for i, part in _parts(text)
    ),
    "head": lambda text: (
        f'<html><head><title>{escape(text)}</title><meta property="og:title" content="{escape(text)}">'
        f'<meta name="author" content="{escape(text)}"><meta name="date" content="{escape(text)}">'
        f'<meta name="description" content="{escape(text)}"></head><body><p>We stay here.</p></body></html>'
    ),
    "json-ld": lambda text: (
        '<html><head><script type="application/ld+json">'
        + json.dumps({"@type": "Article", "headline": text, "author": text, "datePublished": text}).replace("<", " ")
        + "</script></head><body><p>We stay here.</p></body></html>"
    ),
    "script": lambda text: f'<html><head><script type="application/ld+json">{text}</script></head><body>a</html>',
}  # fmt: skip


def _page(name: str, make: Callable[[str], str]) -> Chain:
    def run(text: str, timed: Clock) -> None:
        body = _bytes(make(text))
        timed(f"{name}: decode_page", lambda: decode_page(body))
        tree: HtmlElement = timed(f"{name}: build_tree", lambda: build_tree(body, None, MAX_ELEMENTS))
        sources = timed(f"{name}: collect_sources", lambda: collect_sources(tree, URL, MetadataSearch(tree, URL)))
        parsed = ParsedArticle("a", "harbour-post", "", NOW)
        document = _document(body, DocumentKind.HTML)
        timed(f"{name}: choose_metadata", lambda: choose_metadata(parsed, document, sources))
        timed(f"{name}: find_visible_bylines", lambda: list(find_visible_bylines(tree, sources.zone.beside)))
        timed(f"{name}: remove_unseen", lambda: remove_unseen(tree))
        timed(f"{name}: keep_inline_words", lambda: keep_inline_words(tree, "en"))
        timed(f"{name}: remove_screen_reader_words", lambda: remove_screen_reader_words(tree))
        timed(f"{name}: separate_comments", lambda: separate_comments(tree))
        titles = [parsed.title, *sources.meta.headings]
        context = timed(f"{name}: collect_page_context", lambda: collect_page_context(tree, titles, parsed.authors))
        signals = timed(f"{name}: collect_signals", lambda: collect_signals(tree))
        description = sources.meta.first("description")
        timed(f"{name}: find_standfirst", lambda: find_standfirst(tree, [description]))
        timed(f"{name}: remove_other_parts", lambda: remove_other_parts(tree, titles))
        found = timed(f"{name}: extract_body", lambda: extract_body(tree, URL)) or ""
        timed(f"{name}: reject_non_articles", lambda: reject_non_articles(signals, sources.meta, found, URL, False))
        timed(f"{name}: reject_paywalled", lambda: reject_paywalled(tree, sources.meta, False, found))
        timed(f"{name}: complete_text", lambda: complete_text(tree, found))
        timed(f"{name}: find_unshown", lambda: find_unshown(found, found))
        timed(f"{name}: drop_boilerplate", lambda: drop_boilerplate(normalize_text(found), context))

    return Chain(f"page: {name}", run, expected=(Rejected,))


def _whole_page(name: str, make: Callable[[str], str]) -> Chain:
    return _one(
        f"parse_html: {name}",
        lambda text: parse_html(_document(_bytes(make(text)), DocumentKind.HTML), MAX_ELEMENTS),
    )


def _in_context(text: str) -> object:
    """Clean a text as that of a page on which each of its lines is a link."""
    lines = frozenset(fold(line) for line in text.split("\n"))
    return drop_boilerplate(text, PageContext(titles=frozenset(["title"]), links=lines, captions=lines, authors=lines))


FEEDS: dict[str, Callable[[str], str]] = {
    "rss": lambda text: f"<rss version='2.0'><channel><title>{escape(text)}</title><item><title>{escape(text)}</title>"
    f"<link>{URL}</link><pubDate>{escape(text)}</pubDate></item></channel></rss>",
    "rss items": lambda text: "<rss version='2.0'><channel>" + "".join(
        f"<item><title>{escape(part)}</title><link>{URL}/{i}</link></item>" for i, part in _parts(text)
    ),
    "rss markup": lambda text: f"<rss version='2.0'><channel>{text}</channel></rss>",
    "json feed": lambda text: json.dumps({"version": "https://jsonfeed.org/version/1", "title": text, "items": [
        {"url": URL, "title": text, "date_published": text, "authors": [{"name": text}]}]}),
    "sitemap": lambda text: f"<urlset><url><loc>{escape(text)}</loc><lastmod>{escape(text)}</lastmod></url></urlset>",
    "sitemap items": lambda text: "<urlset>" + "".join(
        f"<url><loc>{URL}/{i}</loc><news><title>{escape(part)}</title></news></url>" for i, part in _parts(text)
    ),
    "sitemap markup": lambda text: f"<urlset>{text}</urlset>",
    "bytes": lambda text: text,
}  # fmt: skip


def _feed(name: str, make: Callable[[str], str]) -> Chain:
    return _one(f"parse_feed: {name}", lambda text: parse_feed(_bytes(make(text)), "https://news.example/feed", NOW))


def _article(text: str, timed: Clock) -> None:
    article = Article(
        article_id="a", revision=1, change="created", source_id="harbour-post", fetched_at=NOW, ingested_at=NOW,
        title=text, text=text[: 64 * 1024], content_hash="0" * 64, reader_version="1", authors=[text], url=text,
    )  # fmt: skip
    value = timed("encode", lambda: encode(article))
    timed("decode", lambda: decode(Article, value))
    timed("decode: bytes", lambda: decode(Article, _bytes(text)))


CHAINS: tuple[Chain, ...] = (
    _one("decode_page", lambda text: decode_page(_bytes(text) + b"\xff")),
    _one("decode_page: utf-16", lambda text: decode_page(text.encode("utf-16", "surrogatepass"))),
    _one("decode_plain_text", lambda text: decode_plain_text(_bytes(text))),
    _one("normalize_text", normalize_text),
    _one("repair_mojibake", repair_mojibake),
    _one("join_wrapped_lines", join_wrapped_lines),
    _one("drop_boilerplate", drop_boilerplate),
    _one("drop_boilerplate: page", _in_context),
    _one("is_sentence", is_sentence),
    _one("is_cut_off_teaser", is_cut_off_teaser),
    _one("parse_plain_text", lambda text: parse_plain_text(_document(_bytes(text), DocumentKind.TEXT))),
    Chain("parse_json_line", _record, expected=(PushRejected,)),
    Chain("robots.txt", _robots, most=19),  # robots.py cuts at half a MiB
    _one("refresh_target", lambda text: refresh_target(_bytes(REFRESH + text), URL)),
    _one("parse_date", lambda text: parse_date(text, NOW)),
    _one("parse_date: after a year", lambda text: parse_date("2026" + text, NOW)),
    _one("parse_date: e-mail", lambda text: parse_date("Mon, " + text, NOW)),
    _one("parse_visible_date", parse_visible_date),
    _one("choose_date_order", lambda text: choose_date_order([text], URL, [text])),
    _one("load_script", load_script),
    _one("load_script: damaged", lambda text: load_script('{"@type": "NewsArticle", "author": ' + text)),
    Chain("fill_metadata_from_lines", _plain_metadata),
    _one("strip_outlet", lambda text: strip_outlet(text, ["Harbour Post", "A"], ["A heading"])),
    _one("strip_markup", strip_markup),
    _one("is_seo_headline", lambda text: is_seo_headline(text, text[1:], text + "a")),
    _one("split_bylines", lambda text: split_bylines([text], ["Harbour Post (HP)"])),
    _one(
        "split_bylines: many", lambda text: split_bylines([text[i : i + 50] for i in range(0, len(text), 50)], [text])
    ),
    _one("split_bylines: part", lambda text: split_bylines(["By " + text[:20_000], "a " * 10_000], ["A B"])),
    _one("parse_person_name", parse_person_name),
    _one("detect_language", detect_language),
    _one("fold", fold),
    _one("prepend_standfirst", lambda text: prepend_standfirst(text, text[:500])),
    _one("content_hash", lambda text: content_hash(text, text)),
    *(_page(name, make) for name, make in PAGES.items()),
    *(_whole_page(name, make) for name, make in PAGES.items()),
    *(_feed(name, make) for name, make in FEEDS.items()),
    _one("looks_like_feed", lambda text: looks_like_feed(_bytes(text))),
    _one("find_feeds", lambda text: find_feeds(_bytes(text), "https://news.example/")),
    _one("normalize_url", lambda text: normalize_url("https://news.example/" + text), ValueError),
    _one("normalize_url: query", lambda text: normalize_url("https://news.example/?" + text), ValueError),
    _one("normalize_url: host", lambda text: normalize_url(f"https://{text}/"), ValueError),
    _one("is_home_page", lambda text: is_home_page("https://news.example/" + text), ValueError),
    _one("registrable_domain", registrable_domain),
    _one("name_key", lambda text: name_key.__wrapped__(text)),
    _one("gender_of_given_name", gender_of_given_name),
    _one("guess_gender", guess_gender),
    _one("to_storable", to_storable),
    Chain("codec", _article, expected=(DecodeError,)),
)
