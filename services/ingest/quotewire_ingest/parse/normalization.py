"""Bring text into the one form that records carry."""

import re
import unicodedata

from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_schemas.article import MAX_TEXT_BYTES

_SURROGATE = re.compile(r"[\ud800-\udfff]")
# C0 and C1 controls except tab, line feed and NEL, byte order marks inside a text, and noncharacters: JSON and
# PostgreSQL store them, but they are no part of any language.
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffb\ufffe\uffff]")
_TRAILING_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+$", re.MULTILINE)
_BLANK_LINES = re.compile(r"\n{3,}")


def normalize_text(text: str) -> str:
    r"""Return text as NFC with ``\n`` line ends, without control characters and without blanks at line ends.

    Raises ``Rejected``: ``nul``, ``surrogate``, ``blank``, ``too_large``.
    """
    position = text.find("\0")
    if position >= 0:
        raise Rejected(RejectionReason.NUL, f"holds U+0000 (character {position + 1})")
    lone = _SURROGATE.search(text)
    if lone:
        raise Rejected(
            RejectionReason.SURROGATE, f"holds a lone surrogate, U+{ord(lone[0]):04X} (character {lone.start() + 1})"
        )
    text = (  # CR LF, CR, NEL, line separator, paragraph separator
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\x85", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n\n")
    )
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", text))
    text = _BLANK_LINES.sub("\n\n", _TRAILING_BLANKS.sub("", text)).strip()
    if not text:
        raise Rejected(RejectionReason.BLANK, "holds nothing but blanks")
    if len(text) > MAX_TEXT_BYTES // 4:  # shorter texts cannot be too large: UTF-8 has at most 4 bytes a character
        size = len(text.encode())
        if size > MAX_TEXT_BYTES:
            raise Rejected(
                RejectionReason.TOO_LARGE,
                f"{size // 1024} KiB of text; an article has at most {MAX_TEXT_BYTES // 1024} KiB",
            )
    return text
