"""Decide in which character encoding a page is written, and decode it."""

import codecs
import re

# Labels that stand for another encoding than their name says (WHATWG Encoding Standard), as names of Python codecs.
_WHATWG_ENCODINGS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_EXTRA_ALIASES = {
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gb18030",
    "windows-949": "cp949",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
}
# Codecs of Python that no page is written in: their time grows with the square of the length, or they fail otherwise
# than by a bad byte.
_NOT_FOR_PAGES = frozenset(["idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined"])
_META_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""")
# Browsers search the first 1,024 bytes; on real pages comments and scripts often come before the declaration.
_PRESCAN_BYTES = 16_384
# Fewer bad bytes than this are damage in UTF-8; a guesser would turn the whole page into mojibake (real pages of 70 kB
# have 1 to 4 bad bytes).
MAX_BAD_BYTE_SHARE = 0.001
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# A guess from more bytes takes longer and is no better.
_GUESS_BYTES = 200_000


def decode_page(body: bytes, header: str | None = None) -> str:
    """Decode the bytes of a page; never fails, damaged bytes become U+FFFD.

    The first that fits, in this order:

    1. the byte order mark;
    2. UTF-8 without a fault, unless a 7-bit encoding is declared: text in other encodings is not valid UTF-8 by chance;
    3. the charset of the Content-Type header (``header``), of the XML declaration, of the meta element, each only
       without a fault;
    4. UTF-8 with a few bad bytes;
    5. the first declared encoding, with replacements;
    6. a guess.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.decode(encoding, "replace")
    declared = _declared_encodings(body, header)
    # A page whose declaration can be read is not in UTF-16, unless every second byte of its markup is zero.
    if (
        declared[:1] in (["utf-16-le"], ["utf-16-be"], ["utf-16"])
        and b"<\0" not in body[:200]
        and b"\0<" not in body[:200]
    ):
        declared = declared[1:]
    if not any(name.startswith(("utf-7", "iso2022")) for name in declared):
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    for encoding in declared:
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    repaired = body.decode("utf-8", "replace")
    bad = repaired.count("\ufffd")
    # Where UTF-8 is not declared, the page must contain more characters of it than damage.
    likely = "utf-8" in declared or sum(char > "\x7f" for char in repaired) > 2 * bad
    if bad <= max(2, len(body) * MAX_BAD_BYTE_SHARE) and likely:
        return repaired
    for encoding in declared:
        if encoding != "utf-8":
            return body.decode(encoding, "replace")
    return _guess(body) or repaired


def _declared_encodings(body: bytes, header: str | None) -> list[str]:
    """Return the encodings that header and page declare, most reliable first, as names of Python codecs."""
    head = body[:_PRESCAN_BYTES]
    labels = [header] if header else []
    labels += [match[1].decode("ascii") for match in (_XML_ENCODING.search(head), _META_CHARSET.search(head)) if match]
    names: list[str] = []
    for label in labels:
        label = label.strip().strip("\"'").lower()
        try:
            name = _EXTRA_ALIASES.get(label) or codecs.lookup(label).name
        except (LookupError, ValueError):
            continue
        name = _WHATWG_ENCODINGS.get(name, name)
        if name not in names and name.replace("_", "-") not in _NOT_FOR_PAGES and codecs.lookup(name)._is_text_encoding:
            names.append(name)
    return names


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:_GUESS_BYTES]).best()
    return body.decode(best.encoding, "replace") if best else None
