"""Tell readers' comments from articles that a page calls "comment": remove the first, protect the second.

The extractor goes by names alone. It keeps comments under names that it does not know, and removes an opinion piece
whose wrapper is called ``comment``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from lxml.html import HtmlElement

from quotewire_ingest.parse import xpath
from quotewire_ingest.parse.xpath import element_text

_NAMES = (
    r"comment|discuss|disqus|kommentar|leserbrief|leserstimm|commentaire|comentario|commenti\b|reacties|talkback|"
    r"user-?review|reader-?(?:response|letter|view)|replies|conversation|feedback"
)
_NAME = re.compile(_NAMES, re.IGNORECASE)
# Of these names the extractor removes the element with all that it holds.
_REMOVED_BY_NAME = re.compile(r"comment|disqus", re.IGNORECASE)
_CONTAINERS = ("div", "section", "article", "ol", "ul", "li", "details", "aside")
_ATTRIBUTES = ("id", "class", "aria-label", "itemprop", "itemtype")
_COUNTED = r"(?:\(?\d[\d.,]*\)?\s*)?"
# The heading over comments: a word for them, or a word that means other things too, with a number.
_NUMBER = r"\(?\d[\d.,]*\)?"
_LABEL = re.compile(
    rf"^(?:{_NUMBER}\s*)?(?:(?:readers?[’']?s?|user|your|all|latest|recent|top|view|show) )?"
    r"(?:comments?|kommentare?|leserkommentare|commentaires?|comentarios?|comentários?|commenti|reacties|kommentarer|"
    r"kommentit|komentarze|комментари[ий]|коментарі|评论|コメント|댓글|"
    r"have your say|join the (?:discussion|conversation)|leave a (?:comment|reply))"
    rf"(?:\s*{_NUMBER})?\s*:?$"
    rf"|^{_NUMBER}\s*(?:responses?|repl(?:y|ies)|thoughts?|reactions?)(?: (?:on|to) .*)?$",
    re.IGNORECASE,
)
_MAX_LABEL_CHARACTERS = 100
_LABELS = xpath.elements(
    "(//h2 | //h3 | //h4 | //h5 | //p[not(*/*)] | //div[not(*)] | //strong[not(*)])"
    f"[string-length() <= {_MAX_LABEL_CHARACTERS}]"
)
_PRECEDING_PARAGRAPHS = xpath.elements("preceding::p")
# Controls under a comment.
_CONTROL = re.compile(
    r"^(?:reply|report abuse|upvote|downvote|antworten|répondre|responder|rispondi|beantwoorden|reageer|svara?|vastaa|"
    r"odpowiedz|ответить|відповісти|回复|返信|답글)"
    r"(?:\s*\(?\d+\)?)?$",
    re.IGNORECASE,
)
_CONTROLS = xpath.elements(".//*[self::a or self::button or self::span][string-length(normalize-space()) <= 24]")
_RELATIVE_TIME = re.compile(
    r"^(?:posted |on )?(?:\d+|an?|one) (?:second|minute|hour|day|week|month|year|min|hr)s? ago$"
    r"|^vor (?:\d+|eine[rm]) (?:minute|stunde|tag|woche|monat)\w*$|^il y a \d+ \w+$|^hace \d+ \w+$|^\d+ \w+ fa$",
    re.IGNORECASE,
)
_ITEM_NAME = re.compile(
    r"comment[-_]?(?:body|content|text|author|meta|item|entry|header|reply|name|date|time|list)|commenter|schema\.org/comment",
    re.IGNORECASE,
)
_ITEM_NAMES = xpath.strings(".//@class | .//@itemtype")
# What a comment begins with: the name of its writer, short and in an element of its own.
_NAME_TAGS = ("b", "strong", "cite", "a", "span", "h4", "h5", "h6", "header", "em", "div")
_BOX_TAGS = ("div", "li", "article", "section", "p")
_MAX_NAME_CHARACTERS = 50
_MIN_WORDS = 4
_HOLDS_ARTICLE = xpath.elements("(.//h1 | .//*[contains(@itemprop, 'articleBody')])[1]")
# A page with less text outside its comments has its article inside of what looks like them.
_MIN_ARTICLE_CHARACTERS = 300
_FOLLOWING_TAGS = ("div", "ol", "ul", "dl", "section", "article", "form", "p", "blockquote")


def separate_comments(tree: HtmlElement) -> None:
    """Remove readers' comments, and take its name from a wrapper of the article that is called as if it held them."""
    body = tree.find("body")
    if body is None:
        return
    named = _find_named(body)
    total = _length(body.iter("p")) if named else 0
    removed: dict[HtmlElement, None] = {}
    for element in named:
        if any(parent in removed for parent in element.iterancestors()):
            continue
        inside = _length(element.iter("p"))
        has_article = bool(_HOLDS_ARTICLE(element))
        if not has_article and total - inside >= _MIN_ARTICLE_CHARACTERS and _is_thread([element]):
            removed[element] = None
            total -= inside
        elif has_article or inside > total - inside:
            _take_name(element)
    for label in _LABELS(body):
        if not _LABEL.match(element_text(label)) or any(parent in removed for parent in label.iterancestors()):
            continue
        following = _following_blocks(label)
        if _is_thread(following) and _length(_PRECEDING_PARAGRAPHS(label)) >= _MIN_ARTICLE_CHARACTERS:
            removed |= dict.fromkeys([label, *following])
    for element in removed:
        element.drop_tree()


def _find_named(body: HtmlElement) -> list[HtmlElement]:
    """The containers that are called as if they held comments. A page repeats few values: each is searched once."""
    known: dict[str, bool] = {}

    def is_name(value: str | None) -> bool:
        if value is None:
            return False
        if (found := known.get(value)) is None:
            found = known[value] = bool(_NAME.search(value))
        return found

    return [element for element in body.iter(*_CONTAINERS) if any(map(is_name, map(element.get, _ATTRIBUTES)))]


def _take_name(element: HtmlElement) -> None:
    for name in ("id", "class"):
        if _REMOVED_BY_NAME.search(element.get(name) or ""):
            del element.attrib[name]


def _length(paragraphs: Iterable[HtmlElement]) -> int:
    """The characters of the paragraphs that have more than a few words."""
    return sum(len(text) for each in paragraphs if (text := element_text(each)).count(" ") >= _MIN_WORDS)


def _following_blocks(label: HtmlElement) -> list[HtmlElement]:
    """The blocks after a label, up to the next heading; those after its parent where it is the only child."""
    anchor = label
    while anchor.getnext() is None and anchor.getparent() is not None and anchor.getparent().tag in ("div", "header"):
        anchor = anchor.getparent()
    following: list[HtmlElement] = []
    for element in anchor.itersiblings():
        if element.tag not in _FOLLOWING_TAGS or _HOLDS_ARTICLE(element):
            break
        following.append(element)
    return following


def _is_thread(elements: Sequence[HtmlElement]) -> bool:
    """Whether elements hold comments: something to reply with, names of items, ages, or boxes of a name and a text."""
    for element in elements:
        if any(map(_ITEM_NAME.search, _ITEM_NAMES(element))):
            return True
        for control in _CONTROLS(element):
            words = element_text(control)
            if _CONTROL.match(words) or _RELATIVE_TIME.match(words):
                return True
    return _has_signed_boxes(elements)


def _has_signed_boxes(elements: Sequence[HtmlElement]) -> bool:
    """Whether two siblings of one kind each begin with a short name and go on with a text."""
    inner = (parent for element in elements for parent in element.iter("div", "section", "ol", "ul"))
    groups = [elements, *([child for child in parent if child.tag != "p"] for parent in inner)]
    return any(
        count > 1
        for group in groups
        for count in Counter((box.tag, box.get("class")) for box in group if _is_signed(box)).values()
    )


def _is_signed(box: HtmlElement) -> bool:
    if box.tag not in _BOX_TAGS or (box.text or "").strip() or not len(box) or box[0].tag not in _NAME_TAGS:
        return False
    name, text = element_text(box[0]), element_text(box)
    return 0 < len(name) <= _MAX_NAME_CHARACTERS and text.count(" ") - name.count(" ") > _MIN_WORDS
