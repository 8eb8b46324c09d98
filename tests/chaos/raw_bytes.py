"""Check that the raw bytes of published articles can be read from the archive."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from chaos.article_versions import ArticleVersion, by_article
from quotewire_schemas import Article


def missing_raw_bytes(
    folder: Path, fed: Sequence[ArticleVersion], articles: dict[tuple[str, int], Article]
) -> list[str]:
    """Describe every version that was not withdrawn later and whose bytes are not in the archive."""
    found = []
    for article_id, article_versions in by_article(fed).items():
        if article_versions[-1].withdrawn:
            continue
        for version in article_versions:
            article = articles.get((article_id, version.version))
            if article is not None and (why := _missing(folder, article)):
                found.append(f"raw bytes of {version.marker}: {why}")
    return found


def _missing(folder: Path, article: Article) -> str | None:
    ref = article.raw_ref
    if ref is None:
        return "the article has no raw_ref"
    try:
        with (folder / ref.file).open("rb") as file:
            file.seek(ref.offset)
            body = _first(ArchiveIterator(file))
    except OSError as error:
        return str(error)
    return None if hashlib.sha256(body).hexdigest() == ref.sha256 else f"{ref.file} holds other bytes at {ref.offset}"


def _first(records: Iterable[object]) -> bytes:
    for record in records:
        body: bytes = record.content_stream().read()  # type: ignore[attr-defined]
        return body
    return b""
