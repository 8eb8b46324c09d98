"""Compiled XPath expressions, grouped by the type of their result.

Walking a tree in Python costs more than everything that is done with its elements, so libxml2 walks it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from lxml.etree import XPath
from lxml.html import HtmlElement


def elements(expression: str) -> Callable[..., list[HtmlElement]]:
    """Compile an expression for elements, in document order; its ``$variables`` are passed as keywords."""
    return cast(Callable[..., list[HtmlElement]], XPath(expression))


def strings(expression: str) -> Callable[[HtmlElement], list[str]]:
    """Compile an expression for attribute values or text nodes, in document order."""
    return cast(Callable[[HtmlElement], list[str]], _without_smart_strings(expression))


def string(expression: str) -> Callable[[HtmlElement], str]:
    """Compile an expression for one string."""
    return cast(Callable[[HtmlElement], str], _without_smart_strings(expression))


def number(expression: str) -> Callable[[HtmlElement], float]:
    """Compile an expression for a number."""
    return cast(Callable[[HtmlElement], float], XPath(expression))


def _without_smart_strings(expression: str) -> Any:
    return XPath(expression, smart_strings=False)  # a smart string keeps its whole tree in memory


_STRING = string("string()")


def element_text(element: HtmlElement) -> str:
    """The text inside an element and its descendants, each run of white space as one blank."""
    return " ".join(_STRING(element).split())
