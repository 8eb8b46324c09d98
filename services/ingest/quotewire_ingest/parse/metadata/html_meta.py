"""Collect what meta elements, links, title, h1 and time elements of a page state."""

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.xpath import element_text

_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_MAX_HEADINGS = 10
_HOME = re.compile(r"/|(?:https?:)?//[^/?#]+/?")
_STATEMENTS = xpath.elements(
    "//meta | //link | //title | //h1 | //a[@rel or @href='/'] | //time"
    " | //span[@datetime or @itemprop] | //abbr[@datetime or @itemprop]"
)


@dataclass(slots=True)
class PageMeta:
    """Statements of a page as they are written."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    """Contents of meta elements, in order, by normalized name, property, itemprop or http-equiv."""
    canonical: str | None = None
    licence: str | None = None
    title_element: str | None = None
    headings: list[str] = field(default_factory=list)
    """Texts of the h1 elements that are no links to the home page, at most ten."""
    home_links: list[str] = field(default_factory=list)
    """Texts of links to the home page, which are most often the outlet's name."""
    published_elements: list[str] = field(default_factory=list)
    """Machine-readable times of elements marked as the publication's."""
    language: str | None = None
    """The ``lang`` of the root element."""

    def first(self, *names: str) -> str | None:
        """Return the first content that is not empty; earlier names come first."""
        for name in names:
            for content in self.meta.get(_normalize_name(name), ()):
                if content:
                    return content
        return None

    def all(self, *names: str) -> list[str]:
        """Return all contents under the names that are not empty."""
        return [content for name in names for content in self.meta.get(_normalize_name(name), ()) if content]


def extract_page_meta(tree: HtmlElement) -> PageMeta:
    """Collect the statements of a page in one walk through its tree."""
    found = PageMeta(language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"))
    for element in _STATEMENTS(tree):
        if element.tag == "meta":
            content = " ".join((element.get("content") or "").split())
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = element.get(attribute)
                if name:
                    found.meta.setdefault(_normalize_name(name), []).append(content)
        elif element.tag in ("time", "span", "abbr"):
            value = element.get("datetime") or (element.get("content") if element.get("itemprop") else None)
            if value and (
                (element.get("itemprop") or "").lower() == "datepublished" or element.get("pubdate") is not None
            ):
                found.published_elements.append(value)
        elif element.tag == "h1":
            text = element_text(element)
            if text and _is_logo(element):
                found.home_links.append(text)
            elif text and len(found.headings) < _MAX_HEADINGS:
                found.headings.append(text)
        elif element.tag == "title":
            if found.title_element is None and not _is_inside_svg(element):
                found.title_element = element_text(element) or None
        else:
            if element.get("href") == "/" and len(found.home_links) < _MAX_HEADINGS and (text := element_text(element)):
                found.home_links.append(text)
            relations = (element.get("rel") or "").lower().split()
            if "license" in relations:
                found.licence = found.licence or element.get("href")
            elif "canonical" in relations and element.tag == "link":
                found.canonical = found.canonical or element.get("href")
    return found


def _normalize_name(name: str) -> str:
    """Drop case and punctuation: outlets write one name in many ways (``og:title``, ``OG_Title``)."""
    return _PUNCTUATION.sub("", name.lower())


def _is_logo(heading: HtmlElement) -> bool:
    """Whether a heading is a link to the home page."""
    links = [link.get("href") or "" for link in heading.iter("a")]
    parent = heading.getparent()
    if not links and parent is not None and parent.tag == "a":
        links = [parent.get("href") or ""]
    return len(links) == 1 and bool(_HOME.fullmatch(links[0]))


def _is_inside_svg(element: HtmlElement) -> bool:
    return any(parent.tag == "svg" for parent in element.iterancestors())
