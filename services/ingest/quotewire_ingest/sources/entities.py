"""Repair the character references of feeds and sitemaps that are written like those of pages."""

import html.entities
import re

# Everything that begins like a reference and is none of XML; comments and CDATA sections stay as they are.
_NOT_OF_XML = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    rb"|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});)(?:([A-Za-z][A-Za-z0-9]{1,31});)?",
    re.DOTALL,
)
_HEAD_BYTES = 4096


def repair_references(body: bytes) -> bytes:
    """Return XML in which each bare ``&`` is ``&amp;`` and each name of HTML (``&nbsp;``) is a number.

    A document that declares names of its own is returned as it is, and so is one in UTF-16 or UTF-32.
    """
    head = body[:_HEAD_BYTES]
    if b"&" not in body or b"\0" in head or b"<!ENTITY" in head:
        return body
    return _NOT_OF_XML.sub(_reference, body)


def unescape_ampersands(link: str) -> str:
    """Return an address without the escapes of a document that escaped it twice, or inside of CDATA."""
    return link.replace("&amp;", "&")


def _reference(found: re.Match[bytes]) -> bytes:
    if found[0].startswith(b"<"):
        return found[0]
    name = (found[1] or b"").decode("ascii")
    characters = html.entities.html5.get(f"{name};") if name else None
    if characters is None:
        return b"&amp;" + found[0][1:]
    return b"".join(b"&#%d;" % ord(character) for character in characters)
