"""Build the element tree of a page, within bounds that keep the time and memory of libxml2 small."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.charset import decode_page
from quotewire_ingest.rejection import Rejected, RejectionReason

# libxml2's time grows with the square of an element's attributes (50,000 of them: 5 s). Elements of real pages have
# dozens; tags of this length carry images or data in one attribute.
_MAX_ATTRIBUTES = 2000
_LONG_TAG_BYTES = 16_384
_TAG_START = re.compile(rb"<[a-zA-Z]")
_HTML_TAG = re.compile(rb"<(?:!doctype )?html", re.IGNORECASE)
# An XHTML page has its first element within these bytes, behind declarations and comments.
_PROLOG_BYTES = 8192
# XML 1.0 forbids these characters, so neither libxml2 nor trafilatura accepts them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_COUNT_ELEMENTS = xpath.number("count(//*)")
_SIGNATURES = (
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


def build_tree(body: bytes, charset: str | None, max_elements: int) -> HtmlElement:
    """Decode and parse the bytes of a page; ``charset`` is the one of the Content-Type header.

    Raises ``Rejected``: ``empty``, ``not_a_page``, ``too_many_elements``.
    """
    if not body.strip():
        raise Rejected(RejectionReason.EMPTY, "the page is empty")
    _reject_other_formats(body)
    # Counting "<" is cheap, while a million elements take libxml2 seconds. At most half of the marks belong to end
    # tags; three times the bound leaves room for those in comments and scripts.
    if body.count(b"<") > 3 * max_elements:
        raise Rejected(RejectionReason.TOO_MANY_ELEMENTS, f"more than {max_elements} elements")
    for tag in _long_tags(body):
        if tag.count(b"=") > _MAX_ATTRIBUTES:
            raise Rejected(RejectionReason.TOO_MANY_ELEMENTS, f"an element with more than {_MAX_ATTRIBUTES} attributes")
    text = _FORBIDDEN.sub("", decode_page(body, charset))
    parser = HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise Rejected(RejectionReason.NOT_A_PAGE, "not an HTML page") from error
    if _COUNT_ELEMENTS(tree) > max_elements:
        raise Rejected(RejectionReason.TOO_MANY_ELEMENTS, f"more than {max_elements} elements")
    return tree


def _long_tags(body: bytes) -> Iterator[bytes]:
    """Yield what stands between the first `<` of a tag and the next `>`, if that is long."""
    for part in body.split(b">"):
        if len(part) > _LONG_TAG_BYTES and (start := _TAG_START.search(part)) is not None:
            tag = part[start.start() :]
            if len(tag) > _LONG_TAG_BYTES:
                yield tag


def _reject_other_formats(body: bytes) -> None:
    """Raise ``Rejected`` (``not_a_page``) for bytes of another file format."""
    head = body[:1024].lstrip()
    if body[257:262] == b"ustar":
        raise Rejected(RejectionReason.NOT_A_PAGE, "a tar archive, not an HTML page")
    if head.startswith(b"<?xml") and not _HTML_TAG.search(body[:_PROLOG_BYTES]):
        raise Rejected(RejectionReason.NOT_A_PAGE, "XML that is no page and no feed")
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            raise Rejected(RejectionReason.NOT_A_PAGE, f"{name}, not an HTML page")
    if b"ftyp" in body[4:12]:
        raise Rejected(RejectionReason.NOT_A_PAGE, "media, not an HTML page")
    if b"<" not in body:
        raise Rejected(RejectionReason.NOT_A_PAGE, "not an HTML page: it holds no element")
