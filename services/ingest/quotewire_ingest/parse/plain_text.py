"""Bytes of a text file to clean Unicode, or a refusal."""

import codecs
import re
import unicodedata

from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_schemas.article import MAX_TEXT_BYTES

# A file is taken for UTF-8 with a few damaged bytes while fewer than one byte in a thousand is bad; a guesser would
# turn such files into mojibake as a whole (seen on real pages with 1 to 4 bad bytes in 70 kB).
BAD_BYTES_ALLOWED = 0.001
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# C0 and C1 controls but tab and newline, the byte order mark inside a text, and noncharacters that JSON and PostgreSQL
# carry but nobody reads.
_CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufff9-\ufffb\ufffe\uffff]")
_SPACE_AT_END = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+$", re.MULTILINE)
_GAP = re.compile(r"\n{3,}")


def decode_plain_text(body: bytes) -> str:
    """Decode the bytes of a plain text file: UTF-8, or UTF-16/32 with a byte order mark.

    Raises ``Rejected``: ``empty``, ``binary``, ``not_utf8``, ``nul``.
    """
    if not body:
        raise Rejected(RejectionReason.EMPTY, "the file is empty")
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            try:
                return body.decode("utf-8-sig" if encoding == "utf-8" else encoding)
            except UnicodeDecodeError as error:
                raise Rejected(
                    RejectionReason.NOT_UTF8, f"not valid {encoding.upper()} at byte {error.start}"
                ) from error
    sample = body[:65536]
    controls = sum(sample.count(code) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))
    nuls = sample.count(0)
    if (nuls > 1 and nuls + controls > len(sample) // 100) or controls > len(sample) // 20:
        raise Rejected(RejectionReason.BINARY, "the file is binary, not text")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        text = body.decode("utf-8", "replace")
        bad = text.count("\ufffd")
        if bad > max(1, len(body) * BAD_BYTES_ALLOWED):
            raise Rejected(
                RejectionReason.NOT_UTF8, f"not UTF-8 (byte {error.start} is the first bad one); save it as UTF-8"
            ) from error
        return text


def normalize_text(text: str) -> str:
    r"""Bring text into the form that records carry: NFC, ``\n`` line ends, no control characters.

    No blanks at line ends.

    Raises ``Rejected``: ``nul``, ``surrogate``, ``blank``, ``too_large``.
    """
    where = text.find("\0")
    if where >= 0:
        raise Rejected(RejectionReason.NUL, f"holds U+0000 (character {where + 1})")
    lone = _SURROGATE.search(text)
    if lone:
        raise Rejected(
            RejectionReason.SURROGATE, f"holds a lone surrogate, U+{ord(lone[0]):04X} (character {lone.start() + 1})"
        )
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\x85", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n\n")
    )
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", text))
    text = _GAP.sub("\n\n", _SPACE_AT_END.sub("", text)).strip()
    if not text:
        raise Rejected(RejectionReason.BLANK, "holds nothing but blanks")
    if len(text) > MAX_TEXT_BYTES // 4:
        size = len(text.encode())
        if size > MAX_TEXT_BYTES:
            raise Rejected(
                RejectionReason.TOO_LARGE,
                f"{size // 1024} KiB of text; an article has at most {MAX_TEXT_BYTES // 1024} KiB",
            )
    return text
