"""Bring text into the one form that records carry."""

import re
import unicodedata

from quotewire_ingest.parse.mojibake import repair_mojibake
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_names import limit_combining_marks
from quotewire_schemas.article import MAX_TEXT_BYTES

_SURROGATE = re.compile(r"[\ud800-\udfff]")
# C0 and C1 controls except tab, line feed and NEL, byte order marks inside a text, and noncharacters: JSON and
# PostgreSQL store them, but they are no part of any language.
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffb\ufffe\uffff]")
_BLANKS = " \t\u00a0\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_BLANK_LINES = re.compile(r"\n{3,}")
# A longer text is not looked at: sixteen times what an article can have leaves room for blanks and control characters.
_MAX_CHARACTERS = 16 * MAX_TEXT_BYTES


def normalize_text(text: str) -> str:
    r"""Return text as NFC with ``\n`` line ends, without mojibake, control characters and blanks at line ends.

    The time grows with the length, whatever the text is.

    Raises ``Rejected``: ``nul``, ``surrogate``, ``blank``, ``too_large``.
    """
    if len(text) > _MAX_CHARACTERS:
        raise _too_large(len(text))
    position = text.find("\0")
    if position >= 0:
        raise Rejected(RejectionReason.NUL, f"holds U+0000 (character {position + 1})")
    lone = _SURROGATE.search(text)
    if lone:
        raise Rejected(
            RejectionReason.SURROGATE, f"holds a lone surrogate, U+{ord(lone[0]):04X} (character {lone.start() + 1})"
        )
    text = repair_mojibake(text)  # before control characters are removed, which are parts of it
    text = (  # CR LF, CR, NEL, line separator, paragraph separator
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\x85", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n\n")
    )
    text = unicodedata.normalize("NFC", limit_combining_marks(_CONTROLS.sub("", text)))
    text = "\n".join([line.rstrip(_BLANKS) for line in text.split("\n")])
    text = _BLANK_LINES.sub("\n\n", text).strip()
    if not text:
        raise Rejected(RejectionReason.BLANK, "holds nothing but blanks")
    if len(text) > MAX_TEXT_BYTES // 4:  # shorter texts cannot be too large: UTF-8 has at most 4 bytes a character
        size = len(text.encode())
        if size > MAX_TEXT_BYTES:
            raise _too_large(size)
    return text


def _too_large(size: int) -> Rejected:
    message = f"{size // 1024} KiB of text; an article has at most {MAX_TEXT_BYTES // 1024} KiB"
    return Rejected(RejectionReason.TOO_LARGE, message)
