"""Call trafilatura: the text of a page's article, and its search for author and date.

Everything of trafilatura is imported when first used: loading it takes longer than parsing a page, and only the
worker processes that parse pages need it.
"""

from __future__ import annotations

import logging
from copy import deepcopy
from functools import lru_cache
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

from quotewire_ingest.parse.xpath import element_text
from quotewire_ingest.rejection import Rejected, RejectionReason

# What trafilatura raises on damaged or malicious pages: plain errors out of the middle of its rules.
_FAILURES = (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, etree.LxmlError)

# A shorter text is compared with that of the second extractor in any case.
_MIN_SURE_CHARACTERS = 500


def extract_body(tree: HtmlElement, url: str | None) -> str | None:
    """Return the text of the article, a line per block, without readers' comments; None where nothing is found.

    Trafilatura compares its text with that of a second extractor and takes the other if it is more than twice as long.
    Where all paragraphs of the page are not twice as long, that is left out: it takes half of the time.

    The tree is pruned on the way: whatever else needs it has to be taken before. Raises ``Rejected`` (``no_text``).
    """
    total = sum(len(element_text(paragraph)) for paragraph in tree.iter("p"))
    text = _extract(tree, url, fast=True)
    if text is not None and len(text) >= max(_MIN_SURE_CHARACTERS, total / 2):
        return text
    return _extract(tree, url, fast=False)


def _extract(tree: HtmlElement, url: str | None, fast: bool) -> str | None:
    try:
        document = _load_extraction()(tree, url=url, include_comments=False, with_metadata=False, fast=fast)
    except _FAILURES as error:
        raise Rejected(RejectionReason.NO_TEXT, f"the page cannot be read ({type(error).__name__})") from error
    return str(document.text) if document is not None and document.text else None


class MetadataSearch:
    """Trafilatura's search for metadata in the whole page. It runs once, when first called.

    Call it before :func:`extract_body`, which prunes the tree.
    """

    def __init__(self, tree: HtmlElement, url: str | None) -> None:
        self._tree, self._url = tree, url
        self._found: Any = None

    def __call__(self) -> Any:
        """Return an object with ``author`` and ``date``, or one without attributes where the search fails."""
        if self._found is None:
            from trafilatura.metadata import extract_metadata

            try:
                self._found = extract_metadata(deepcopy(self._tree), self._url, extensive=False)
            except _FAILURES:
                self._found = object()  # the search is only the last of the sources
        return self._found


@lru_cache(maxsize=1)
def _load_extraction() -> Any:
    import trafilatura

    for name in ("trafilatura", "htmldate"):  # a page that they cannot parse is logged by us, as its outcome
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return trafilatura.bare_extraction
