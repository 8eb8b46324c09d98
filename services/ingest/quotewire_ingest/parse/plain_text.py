"""Parse a plain text file: from bytes to an article, or to the reason why it is none."""

import codecs

from quotewire_ingest.identity import article_id_of_external, article_id_of_url, resolve_canonical
from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate
from quotewire_ingest.parse.charset import MAX_BAD_BYTE_SHARE
from quotewire_ingest.parse.language import detect_language
from quotewire_ingest.parse.line_wrapping.paragraphs import join_wrapped_lines
from quotewire_ingest.parse.metadata.plain_text import fill_metadata_from_lines
from quotewire_ingest.parse.normalization import normalize_text
from quotewire_ingest.rejection import Rejected, RejectionReason

# The part of a file that is searched for the bytes of binary formats, which have them everywhere.
_SAMPLE_BYTES = 65536
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def parse_plain_text(document: Document) -> ParsedArticle:
    """Parse a plain text file.

    Raises ``Rejected``: ``bad_address``, and what :func:`decode_plain_text` and ``normalize_text`` raise.
    """
    cleaned = drop_boilerplate(join_wrapped_lines(normalize_text(decode_plain_text(document.body))))
    if document.url is not None:
        try:
            canonical_url, _ = resolve_canonical(document.url, None)
        except ValueError as error:
            raise Rejected(RejectionReason.BAD_ADDRESS, str(error)) from error
        article_id = article_id_of_url(canonical_url)
        parsed = ParsedArticle(article_id, document.source_id, cleaned.text, document.fetched_at)
        parsed.url, parsed.canonical_url = document.url, canonical_url
        parsed.provenance["url"] = "given"
    else:
        article_id = article_id_of_external(document.source_id, document.external_id or document.name)
        parsed = ParsedArticle(article_id, document.source_id, cleaned.text, document.fetched_at)
    parsed.provenance["text"] = "given"
    parsed.captions, parsed.dropped = cleaned.captions, cleaned.dropped
    if cleaned.title:
        parsed.title, parsed.provenance["title"] = cleaned.title, "text"
    fill_metadata_from_lines(parsed)
    parsed.language = detect_language(parsed.text)
    if parsed.language:
        parsed.provenance["language"] = "inferred"
    return parsed


def decode_plain_text(body: bytes) -> str:
    """Decode the bytes of a plain text file: UTF-8, or UTF-16/32 with a byte order mark.

    Raises ``Rejected``: ``empty``, ``binary``, ``not_utf8``.
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
    sample = body[:_SAMPLE_BYTES]
    controls = sum(sample.count(code) for code in (*range(1, 9), *range(14, 27), *range(28, 32)))
    nuls = sample.count(0)
    # A single NUL is damage in a text; normalize_text rejects it and names its position.
    if (nuls > 1 and nuls + controls > len(sample) // 100) or controls > len(sample) // 20:
        raise Rejected(RejectionReason.BINARY, "the file is binary, not text")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        text = body.decode("utf-8", "replace")
        bad = text.count("\ufffd")
        if bad > max(1, len(body) * MAX_BAD_BYTE_SHARE):
            raise Rejected(
                RejectionReason.NOT_UTF8, f"not UTF-8 (byte {error.start} is the first bad one); save it as UTF-8"
            ) from error
        return text
