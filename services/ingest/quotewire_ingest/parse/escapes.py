"""Undo the escapes of HTML in a text."""

import html
import re

# Python converts no number of more than 4,300 digits; no character has a number of 20.
_LONG_REFERENCE = re.compile(r"&#[0-9]{20,};?")


def unescape(text: str) -> str:
    """Replace character references by their characters, as a browser does; impossible ones become U+FFFD."""
    return html.unescape(_LONG_REFERENCE.sub("\ufffd", text))
