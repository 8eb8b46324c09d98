"""Which characters the bytes of a page stand for."""

import codecs
import re

# Labels that browsers read as another encoding than their name says (WHATWG Encoding Standard), as Python names.
_AS_BROWSERS_DO = {
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
_EXTRA_LABELS = {
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gb18030",
    "windows-949": "cp949",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
}
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""")
# Browsers look at the first 1,024 bytes only; real pages declare later (comments and scripts come first).
_PRESCAN_BYTES = 16_384
# Declared UTF-8 with fewer bad bytes than this is UTF-8 with some damage: guessers turn such pages into mojibake.
_BAD_BYTES_ALLOWED = 0.001
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode_page(body: bytes, header: str | None = None) -> str:
    """Decode the bytes of a page; never fails, damaged bytes become U+FFFD.

    In this order: byte order mark; valid UTF-8 with anything beyond ASCII in it (nothing else looks like that by
    chance); the header's charset, the XML declaration's, the meta element's, each only if it decodes without a fault;
    UTF-8 with a few bad bytes; the first declared one with replacements; a guess.
    """
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body.decode(encoding, "replace")
    declared = _declared(body, header)
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
    # Where UTF-8 is not declared, the page must at least hold more characters of it than damage.
    likely = "utf-8" in declared or sum(char > "\x7f" for char in repaired) > 2 * bad
    if bad <= max(2, len(body) * _BAD_BYTES_ALLOWED) and likely:
        return repaired
    for encoding in declared:
        if encoding != "utf-8":
            return body.decode(encoding, "replace")
    return _guess(body) or repaired


def _declared(body: bytes, header: str | None) -> list[str]:
    """The encodings that the answer and the page name, best witness first, as names of Python codecs that exist."""
    head = body[:_PRESCAN_BYTES]
    labels = [header] if header else []
    labels += [match[1].decode("ascii") for match in (_XML.search(head), _META.search(head)) if match]
    names: list[str] = []
    for label in labels:
        label = label.strip().strip("\"'").lower()
        try:
            name = _EXTRA_LABELS.get(label) or codecs.lookup(label).name
        except (LookupError, ValueError):
            continue
        name = _AS_BROWSERS_DO.get(name, name)
        if name not in names and codecs.lookup(name)._is_text_encoding:
            names.append(name)
    return names


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:200_000]).best()
    return body.decode(best.encoding, "replace") if best else None
