"""No bytes of a server, a file, a feed or a push make ingest raise anything but its own rejections.

What is raised all the same ends one input or poll (`test_crash.py`, the tests of crashes in `tests/integration`);
here it fails a test, because each such exception is a defect.
"""

import contextlib
import json
import os
import random
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpcore
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hostile_web.answers import Answer, answer_of
from hostile_web.mutations import INSERTS, ODD_ADDRESSES, ODD_TEXTS, mutate
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.fetch.fetcher import Fetcher
from quotewire_ingest.fetch.response import FetchResponse
from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.parse.parser import parse_document
from quotewire_ingest.push.payload import PushRejected, parse_push
from quotewire_ingest.queue.host_leases import HostLease
from quotewire_ingest.queue.rows import to_row
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import FetchSettings, SourceSettings
from quotewire_ingest.sources.autodiscovery import find_feeds
from quotewire_ingest.sources.feeds import Feed, looks_like_feed, parse_feed
from quotewire_ingest.sources.state import FeedState, after_failure, after_success
from quotewire_schemas import codec
from quotewire_schemas.article import Origin

NOW = datetime(2026, 3, 4, tzinfo=UTC)
URL = "http://127.2.0.1/news/1"
JOB = uuid.UUID(int=1)
EXAMPLES = int(os.environ.get("EXAMPLES", "30"))
patient = settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
FRAGMENTS = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([piece for piece in (*ODD_ADDRESSES, *ODD_TEXTS, *INSERTS) if len(piece) < 20_000]),
    st.sampled_from([
        b"<rss><channel>", b"<item>", b"<link>", b"</link>", b"<title>", b"</title>", b"<urlset>", b"<url>", b"<loc>",
        b"</loc>", b"</url>", b"<feed xmlns='http://www.w3.org/2005/Atom'>", b"<entry>", b"<updated>", b"<author>",
        b"<html>", b"<body>", b"<article>", b"<p>", b"</p>", b"<time datetime='", b"'>", b"<a href='", b"{", b"}",
        b'"version": "https://jsonfeed.org/version/1.1", "items": [', b'"url": ', b'"title": ', b"[1]", b"null", b",",
        b"By Runa Veld\n", b"2 March 2026\n", "“We wait,” said Ilvane Morrec. ".encode(), b"\n\n", b"]]>", b"&#x1;",
    ]),
)  # fmt: skip
BODIES = st.lists(FRAGMENTS, max_size=12).map(b"".join)


class OneAnswer(httpcore.AsyncNetworkBackend):
    """A network on which every connection yields the same bytes, whatever is sent."""

    def __init__(self, wire: bytes) -> None:
        self._wire = wire

    async def connect_tcp(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        return _Stream(self._wire)

    async def sleep(self, seconds: float) -> None:
        """Nothing is waited for."""


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, wire: bytes) -> None:
        self._left = wire

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's
        piece, self._left = self._left[:max_bytes], self._left[max_bytes:]
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # httpcore's
        pass

    async def aclose(self) -> None:
        pass

    def get_extra_info(self, info: str) -> Any:
        return None


async def fetched(wire: bytes) -> FetchResponse | Rejected:
    """Fetch an address from a server that answers everything, robots.txt too, with the same bytes."""
    try:
        async with Fetcher(FetchSettings(allow_private=True), OneAnswer(wire)) as fetcher:
            fetcher.cached_crawl_delay(URL)
            return await fetcher.fetch(URL, {"If-None-Match": "x"})
    except Rejected as rejected:
        return rejected


def judged(response: FetchResponse) -> None:
    """Do with a response what a poll and an input do with it."""
    state = FeedState(
        URL, "s", None, "feed", URL, 0, None, None, None, 300, 0, 0, None, 60, True, False, HostLease("h", 1)
    )
    feed = parsed_feed(response.body, response.headers.get("content-type", ""))
    if isinstance(feed, Feed):
        after_success(state, response, feed, 1, 0, SourceSettings(), NOW)
    else:
        after_failure(state, response, feed, NOW)
    find_feeds(response.body, response.url, response.charset)
    document = Document(
        URL, response.body, DocumentKind.HTML, "s", None, NOW, url=response.url, charset=response.charset,
        robots_header=response.headers.get("x-robots-tag"), http_headers=tuple(response.headers.items()),
    )  # fmt: skip
    parsed(document)
    with TemporaryDirectory() as folder:
        archive = Archive(Path(folder), 2**30)
        archive.append(document)
        archive.close()


def parsed_feed(body: bytes, content_type: str = "") -> Feed | Rejected:
    looks_like_feed(body)
    try:
        feed = parse_feed(body, URL, NOW, content_type=content_type)
    except Rejected as rejected:
        return rejected
    for entry in feed.entries:
        json.dumps(entry.hints.to_json())
    return feed


def parsed(document: Document) -> None:
    """Parse a document and queue it; an article that no record can hold is a ``ValueError``, which rejects it, too."""
    to_row(JOB, document, Origin.LIVE)
    with contextlib.suppress(Rejected):
        article = parse_document(document, 50_000)
        with contextlib.suppress(ValueError):
            codec.encode(article.article())


@patient
@given(path=st.sampled_from(["/robots.txt", "/feed.xml", "/sitemap.xml", "/news/1"]), seed=st.integers(0, 10**9))
async def test_no_answer_of_a_server_makes_anything_raise(path: str, seed: int) -> None:
    answer = answer_of(path, "127.2.0.1", seed % 7)
    mutate(answer, random.Random(seed))
    response = await fetched(answer.wire()[: answer.cut_at])
    if isinstance(response, FetchResponse):
        judged(response)


@patient
@given(wire=st.one_of(st.binary(max_size=400), BODIES.map(lambda body: Answer(body).wire())))
@example(wire=b"HTTP/1.1 302 x\r\nLocation: http://[x/\r\n\r\n")
async def test_no_bytes_of_a_server_make_anything_raise(wire: bytes) -> None:
    response = await fetched(wire)
    if isinstance(response, FetchResponse):
        judged(response)


@patient
@given(body=BODIES, kind=st.sampled_from(list(DocumentKind)), url=st.sampled_from([None, URL, "http://[x/"]))
@example(body=b"<html><head><base href='http://[x'></head></html>", kind=DocumentKind.HTML, url=URL)
def test_no_bytes_of_a_file_make_anything_raise(body: bytes, kind: DocumentKind, url: str | None) -> None:
    parsed(Document("a", body, kind, "s", "a", NOW, url=url))


@patient
@given(body=BODIES, content_type=st.sampled_from(["", "text/xml; charset=idna", "application/rss+xml"]))
@example(body=b"<html><head><base href='http://[x'></head></html>", content_type="text/html")
def test_no_bytes_of_a_feed_make_anything_raise(body: bytes, content_type: str) -> None:
    parsed_feed(body, content_type)
    find_feeds(body, URL)


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20),
        st.sampled_from(["http://[x/", "h" * 9000, "\ud800", "\0", "9999-12-31T23:59:59-23:59", "0001-01-01", "en"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=6,
)  # fmt: skip
FIELDS = (
    "id", "url", "canonical_url", "title", "authors", "published_at", "outlet", "language", "captions", "source_id",
    "type", "article_id", "dropped", "rights", "text",
)  # fmt: skip


def lines_of(records: Iterable[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(record) for record in records).encode("utf-8", "surrogatepass")


@patient
@given(
    record=st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6),
    text=st.sampled_from(["The ferry was late, Ilvane Morrec said.", "", "x"]),
    ours=st.booleans(),
)
@example(record={"url": "http://[x/", "article_id": "a" * 32}, text="The ferry was late.", ours=True)
def test_no_record_of_a_file_or_a_push_makes_anything_raise(record: dict[str, Any], text: str, ours: bool) -> None:
    record = {"text": text, **record, **({"type": "article"} if ours else {})}
    parsed(Document("a:1", lines_of([record]), DocumentKind.RECORD, "s", None, NOW))
    pushed(lines_of([record, record]), "application/x-ndjson")


@patient
@given(body=BODIES, media_type=st.sampled_from(["application/json", "application/x-ndjson", "text/plain", ""]))
def test_no_bytes_of_a_push_make_anything_raise(body: bytes, media_type: str) -> None:
    pushed(body, media_type)


def pushed(body: bytes, media_type: str) -> None:
    try:
        documents = parse_push(body, media_type, "s", None, NOW)
    except PushRejected as rejected:
        json.dumps(rejected.body())
        return
    for document in documents:
        parsed(document)
