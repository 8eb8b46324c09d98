"""Compare titles, names and lines that differ only in case, accents and punctuation."""

import re
import unicodedata

from quotewire_names import limit_combining_marks

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_ASCII_NOT_ALPHANUMERIC = bytes(code for code in range(128) if not chr(code).isalnum())


def fold(text: str) -> str:
    """Keep letters and digits only, in lower case and without accents."""
    if text.isascii():  # most texts are; the parser folds every line and every link of a page
        return text.lower().encode("ascii").translate(None, _ASCII_NOT_ALPHANUMERIC).decode("ascii")
    # NFKD writes accents as characters of their own, which are not alphanumeric.
    return _NOT_ALPHANUMERIC.sub("", unicodedata.normalize("NFKD", limit_combining_marks(text).casefold()))
