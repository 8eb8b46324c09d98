"""Compiled XPath expressions, by what they give. Walking a tree in Python costs more than all that is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from lxml.etree import XPath
from lxml.html import HtmlElement


def elements(expression: str) -> Callable[..., list[HtmlElement]]:
    """Compile an expression that selects elements, in document order; ``$names`` in it are given by name."""
    return cast(Callable[..., list[HtmlElement]], XPath(expression))


def texts(expression: str) -> Callable[[HtmlElement], list[str]]:
    """Compile an expression that selects attributes or texts, in document order."""
    return cast(Callable[[HtmlElement], list[str]], _plain(expression))


def text(expression: str) -> Callable[[HtmlElement], str]:
    """Compile an expression that gives a text."""
    return cast(Callable[[HtmlElement], str], _plain(expression))


def number(expression: str) -> Callable[[HtmlElement], float]:
    """Compile an expression that gives a number."""
    return cast(Callable[[HtmlElement], float], XPath(expression))


def _plain(expression: str) -> Any:
    return XPath(expression, smart_strings=False)  # a smart string holds on to its whole tree
