"""Articles whose text is exactly what their files hold, for `annotate --raw`."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from quotewire_ingest.identity import content_hash
from quotewire_schemas.article import MAX_TEXT_BYTES, Article, Change

RAW = "raw"
"""The `reader_version` and `source_id` of these articles: no parser has changed the text."""


def raw_articles(name: str, file: BinaryIO, language: str) -> Iterator[Article | str]:
    """Yield the articles of one file, or a line that says what is wrong with it (without the file's name).

    The whole file is one text, its stem the id. In a `.jsonl` file each line is a text: `{"text": …}`, with an optional
    `article_id`. No code point is changed.

    Args:
        name: The path, or `-` for standard input.
    """
    stem = "stdin" if name == "-" else Path(name).stem
    if Path(name).suffix.lower() not in (".jsonl", ".ndjson"):
        yield _article(stem, file.read(MAX_TEXT_BYTES + 1), language)
        return
    for number, line in enumerate(file, 1):
        if line.strip():
            yield _parse_line(f"{stem}-{number}", line, language)


def _parse_line(default_id: str, line: bytes, language: str) -> Article | str:
    try:
        given = json.loads(line)
        text, article_id = given["text"], str(given.get("article_id") or default_id)
    except (ValueError, TypeError, KeyError, RecursionError):
        return f'{default_id}: not a line {{"text": …}}'
    if not isinstance(text, str):
        return f"{default_id}: text is not a string"
    try:
        return _article(article_id, text.encode(), language)
    except UnicodeEncodeError:
        return f"{default_id}: the text holds half a character (a lone surrogate)"


def _article(article_id: str, body: bytes, language: str) -> Article | str:
    if len(body) > MAX_TEXT_BYTES:
        return f"more than {MAX_TEXT_BYTES // 1024} KiB of text: split it"
    if len(article_id) > 200:
        return "the name is longer than the 200 characters of an article_id"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"not UTF-8 text (byte {error.start} is the first bad one)"
    now = datetime.now(UTC)
    return Article(
        article_id=article_id,
        revision=1,
        change=Change.CREATED,
        source_id=RAW,
        fetched_at=now,
        ingested_at=now,
        language=language,
        text=text,
        provenance={"text": "given", "language": "given"},
        content_hash=content_hash(None, text),
        reader_version=RAW,
    )
