"""Compare a text with the body that the page states for machines (JSON-LD ``articleBody``)."""

from __future__ import annotations

import re

from quotewire_ingest.parse.body.folded_text import FoldedText
from quotewire_ingest.parse.boilerplate.sentences import is_sentence
from quotewire_ingest.parse.escapes import unescape
from quotewire_ingest.parse.folding import fold

_BREAK = re.compile(r"\s*(?:\n|<br\s*/?>|</p>|</div>|</li>)\s*", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{1,300}>")
# More paragraphs than these are no article.
_MAX_PARAGRAPHS = 500
# Shorter ones (folded) are not looked for.
_MIN_LETTERS = 20
# So many paragraphs that the text has too tell that the stated body is that of the article.
_MIN_SHARED = 2


def find_unshown(text: str, stated: str | None) -> tuple[list[str], list[str]]:
    """Return the paragraphs of the stated body that the text lacks: those after its end, and the others.

    Those after its end continue the text, if it has all that is stated before them. Paragraphs are told by line breaks
    or tags; a body without any is not compared.
    """
    if not stated:
        return [], []
    parts = [" ".join(unescape(_TAG.sub(" ", part)).split()) for part in _BREAK.split(stated)[:_MAX_PARAGRAPHS]]
    paragraphs = [part for part in parts if is_sentence(part) and len(fold(part)) >= _MIN_LETTERS]
    shown = FoldedText(text.split("\n"))
    found = [shown.line_of(fold(paragraph)) is not None for paragraph in paragraphs]
    if sum(found) < _MIN_SHARED:
        return [], []
    last = max(index for index, is_found in enumerate(found) if is_found)
    missing = [paragraph for paragraph, is_found in zip(paragraphs, found, strict=True) if not is_found]
    after = paragraphs[last + 1 :]
    return (after, []) if all(found[: last + 1]) else ([], missing)
