"""Find where a page without text of its own sends its readers: `<meta http-equiv="refresh" content="0; url=…">`.

Tags are scanned without building a tree, in the first part of the page, so the time is proportional to its length.
"""

from __future__ import annotations

import codecs
import re
from html import unescape

from quotewire_ingest.urls import resolve_link

# A page that leads elsewhere is short, and says so in its head.
_MAX_BYTES = 64 * 1024
# A page with more text is an article: what it does after a while, or where no script runs, is not for its readers. Text
# counts in pieces as long as those of paragraphs: labels of menus are shorter.
_MAX_TEXT, _MIN_PIECE = 600, 40
# A page that says "you will be redirected" does it within seconds; news pages reload themselves after minutes.
_MAX_DELAY_S = 30
_NAME = b"http-equiv"
_REFRESH = re.compile(rb"""http-equiv\s*+=\s*+["']?\s*+refresh""")
_TAG = re.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9-]*+)([^<>]{0,4000}+)>")
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,40})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_CONTENT = re.compile(r"\s*(\d{1,6})(?:\.\d*)?\s*[;,\s]\s*(?:url\s*=\s*)?(.*)", re.IGNORECASE | re.DOTALL)
# Codecs of Python that no page is written in; their time grows with the square of the length.
_NO_PAGE_CODECS = ("idna", "punycode")
_WITHOUT_TEXT = frozenset(["script", "style", "template", "textarea", "title", "iframe", "xmp"])


def refresh_target(body: bytes, url: str, charset: str | None = None, header: str | None = None) -> str | None:
    """Return the URL that a page leads to by itself; None where it is to be read, or only reloads itself.

    A page that leaves at once, whatever its text, leads there, unless it does so only where no script runs. ``header``
    is the Refresh header of the response, which says the same as such an element.
    """
    head = body[:_MAX_BYTES]
    if not header and not _has_refresh(head.lower()):
        return None
    scan = _Scan(_decode(head, charset), url)
    scan.add(header or "")
    scan.run()
    for delay_s, target, in_noscript in scan.found:
        is_short = scan.text_length < _MAX_TEXT and delay_s <= _MAX_DELAY_S
        link = resolve_link(scan.base, target)
        if link is None or not link.lower().startswith(("http:", "https:")) or _without_fragment(link) == url:
            continue
        if is_short or (delay_s == 0 and not in_noscript):
            return link
    return None


def _has_refresh(head: bytes) -> bool:
    """Whether a page may refresh itself: few do, and a search for the pattern alone takes six times as long."""
    position = head.find(_NAME)
    while position >= 0:
        if _REFRESH.match(head, position):
            return True
        position = head.find(_NAME, position + 1)
    return False


class _Scan:
    """One pass over the tags of a page."""

    def __init__(self, text: str, url: str) -> None:
        self._text, self.base = text, url
        self._lower = text.lower()
        self._in_noscript = False
        self.found: list[tuple[int, str, bool]] = []
        """Delay, target, and whether it stands in a `noscript`."""
        self.text_length = 0

    def run(self) -> None:
        position = 0
        while match := _TAG.search(self._text, position):
            self._count(position, match.start())
            name = (match[2] or "").lower()
            position = match.end()
            if not name:
                position = self._end_of("-->", position)
            elif name == "noscript":
                self._in_noscript = not match[1]
            elif match[1]:
                continue
            elif name in _WITHOUT_TEXT:
                position = self._end_of(f"</{name}", position)
            elif name in ("meta", "base"):
                self._take(name, _attributes(match[3]))
        self._count(position, len(self._text))

    def _take(self, name: str, attributes: dict[str, str]) -> None:
        if name == "base":
            self.base = resolve_link(self.base, attributes.get("href", "")) or self.base
        elif attributes.get("http-equiv", "").strip().lower() == "refresh":
            self.add(attributes.get("content", ""))

    def add(self, stated: str) -> None:
        """Add what an element or a header states: seconds and a target."""
        content = _CONTENT.fullmatch(stated)
        target = _unquoted(content[2]) if content else ""
        if content and target:
            self.found.append((int(content[1]), target, self._in_noscript))

    def _count(self, start: int, end: int) -> None:
        length = len(self._text[start:end].strip())
        if length >= _MIN_PIECE:
            self.text_length += length

    def _end_of(self, mark: str, position: int) -> int:
        end = self._lower.find(mark, position)
        return len(self._text) if end < 0 else end + (len(mark) if mark == "-->" else 0)


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape(next((value for value in values if value), "")))
    return found


def _unquoted(target: str) -> str:
    target = target.strip()
    if target[:1] in ("'", '"'):
        return target[1:].partition(target[0])[0].strip()
    return target


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]


def _decode(head: bytes, charset: str | None) -> str:
    try:
        codec = codecs.lookup(charset or "utf-8").name
        return head.decode("utf-8" if codec in _NO_PAGE_CODECS else codec, "replace")
    except (LookupError, ValueError):  # no such codec, none for texts, or one that knows no replacement
        return head.decode("utf-8", "replace")
