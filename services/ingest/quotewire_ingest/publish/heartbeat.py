"""Make the heartbeat article: invented, and published again and again to show that the whole stream moves."""

from __future__ import annotations

from datetime import datetime

from quotewire_ingest.identity import article_id_of_external, content_hash
from quotewire_ingest.model import PARSER_VERSION
from quotewire_schemas.article import Article, Change, Origin

SOURCE_ID = "heartbeat"
# Somebody says something in it, so that every part of extract has work.
_TITLE = "The ferry sails"
_TEXT = (
    "The ferry of Port Avelin sails as planned.\n"
    "“We are on time,” said Ilvane Morrec, who keeps the timetable. This is a made-up article: it shows that the"
    " stream moves."
)


def heartbeat_article(at: datetime) -> Article:
    """Make the heartbeat of a time; consumers know it by its ``origin``.

    Each has another id, so that they come through all partitions, one after the other.
    """
    return Article(
        article_id=article_id_of_external(SOURCE_ID, at.isoformat()),
        revision=1,
        change=Change.CREATED,
        origin=Origin.HEARTBEAT,
        source_id=SOURCE_ID,
        title=_TITLE,
        published_at=at,
        fetched_at=at,
        ingested_at=at,
        language="en",
        text=_TEXT,
        content_hash=content_hash(_TITLE, _TEXT),
        reader_version=PARSER_VERSION,
    )
