"""What the head of a page states: meta elements, links, title, first heading."""

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.bylines import BYLINE_PREFIX
from quotewire_ingest.parse.titles import fold

_PUNCTUATION = re.compile(r"[^a-z0-9]+")
# Class, relation or itemprop of elements that show who wrote the article.
_BYLINE_MARK = re.compile(r"(?:^|[\W_])(?:author|by-?line|autor|auteur)s?(?:$|[\W_])", re.IGNORECASE)
_MOST_BYLINE_CHARACTERS = 100

# The whole text of an element that says what follows is the author's name.
AUTHOR_LABELS = frozenset(
    fold(label)
    for label in (
        "By",
        "Von",
        "Par",
        "Por",
        "Door",
        "Author",
        "Authors",
        "Written by",
        "Autor",
        "Autorin",
        "Autorin/Autor",
        "Autor/Autorin",
        "Autor/in",
        "Autor:in",
        "Autor*in",
        "Geschrieben von",
        "Verfasst von",
        "Auteur",
        "Écrit par",
        "Escrito por",
        "Autore",
        "Scritto da",
        "Geschreven door",
        "Skrevet av",
        "Skrevet af",
        "Skriven av",
        "Napisane przez",
        "Автор",
    )
)
_LABELS = xpath.elements("//body//*[not(*) and string-length(.) <= 20 and normalize-space(.)]")

_STRING = xpath.text("string()")
_STATING = xpath.elements(
    "//meta | //link | //title | //h1 | //a[@rel] | //time"
    " | //span[@datetime or @itemprop] | //abbr[@datetime or @itemprop]"
)
_UNSEEN = ("script", "style", "template", "svg")
_MARKS = xpath.texts("//body//@class | //body//@rel | //body//@itemprop")
_MARKED = xpath.elements("//body//*[@class = $mark or @rel = $mark or @itemprop = $mark]")


@dataclass(slots=True)
class PageMeta:
    """Raw statements of a page, not yet judged."""

    meta: dict[str, list[str]] = field(default_factory=dict)
    """Folded name, property, itemprop or http-equiv of meta elements to their contents, in order."""
    canonical: str | None = None
    licence: str | None = None
    title_element: str | None = None
    headings: list[str] = field(default_factory=list)
    """Texts of the h1 elements, at most ten."""
    published_elements: list[str] = field(default_factory=list)
    """Machine-readable times of elements that are marked as the publication's, or of the page's only time element."""
    language: str | None = None
    """The ``lang`` of the root element."""

    def first(self, *names: str) -> str | None:
        """The first non-empty content under any of the names, in the order of the names."""
        for name in names:
            for content in self.meta.get(folded(name), ()):
                if content:
                    return content
        return None

    def all(self, *names: str) -> list[str]:
        """All non-empty contents under the names."""
        return [content for name in names for content in self.meta.get(folded(name), ()) if content]


def meta_of(tree: HtmlElement) -> PageMeta:
    """Collect the statements of a parsed page."""
    found = PageMeta(language=tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang"))
    times: list[str] = []
    for element in _STATING(tree):
        if element.tag == "meta":
            content = " ".join((element.get("content") or "").split())
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = element.get(attribute)
                if name:
                    found.meta.setdefault(folded(name), []).append(content)
        elif element.tag in ("time", "span", "abbr"):
            stated = element.get("datetime") or (element.get("content") if element.get("itemprop") else None)
            if stated and (
                (element.get("itemprop") or "").lower() == "datepublished" or element.get("pubdate") is not None
            ):
                found.published_elements.append(stated)
            elif stated and element.tag == "time":
                times.append(stated)
        elif element.tag == "h1":
            text = text_of(element)
            if text and len(found.headings) < 10:
                found.headings.append(text)
        elif element.tag == "title":
            if found.title_element is None and not _inside_svg(element):
                found.title_element = text_of(element) or None
        else:
            relations = (element.get("rel") or "").lower().split()
            if "license" in relations:
                found.licence = found.licence or element.get("href")
            elif "canonical" in relations and element.tag == "link":
                found.canonical = found.canonical or element.get("href")
    if not found.published_elements and len(set(times)) == 1:
        found.published_elements.append(times[0])
    return found


def shown_byline(tree: HtmlElement) -> str | None:
    """The text of the first element that is marked as the byline, if it begins like one (``By``, ``von``).

    Else what follows the first element that is nothing but a label (``Author``). The first only: those further down
    belong to teasers and comments.
    """
    return _marked_byline(tree) or _labelled_byline(tree)


def _marked_byline(tree: HtmlElement) -> str | None:
    marks = dict.fromkeys(mark for mark in _MARKS(tree) if _BYLINE_MARK.search(mark))
    for mark in marks:
        for element in _MARKED(tree, mark=mark):
            text = text_of(element) if element.tag not in _UNSEEN else ""
            if text:
                return text if len(text) <= _MOST_BYLINE_CHARACTERS and BYLINE_PREFIX.match(text) else None
    return None


def _labelled_byline(tree: HtmlElement) -> str | None:
    for element in _LABELS(tree):
        if element.tag in _UNSEEN or fold(element.text or "") not in AUTHOR_LABELS:
            continue
        after = element.getnext()
        name = " ".join((element.tail or "").split()) or (text_of(after) if after is not None else "")
        if name:
            return name if len(name) <= _MOST_BYLINE_CHARACTERS else None
    return None


def folded(name: str) -> str:
    """A meta element's name without case and punctuation: outlets write one name in many ways."""
    return _PUNCTUATION.sub("", name.lower())


def text_of(element: HtmlElement) -> str:
    """The words inside an element, blanks squeezed."""
    return " ".join(_STRING(element).split())


def _inside_svg(element: HtmlElement) -> bool:
    return any(parent.tag == "svg" for parent in element.iterancestors())
