"""Queries on the store: each is a function that returns rows, and reads only views that the reader role may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, LiteralString, TypeAlias

import psycopg
from psycopg.rows import class_row
from pydantic import BaseModel

Connection: TypeAlias = psycopg.Connection[Any]


class QuoteRow(BaseModel):
    """One quotation with its article."""

    quote_id: str
    article_id: str
    speakers: list[str | None]
    """The fullest name in the article of each joint speaker; empty where the speaker is unknown."""
    speaker_keys: list[str | None]
    speaker_kinds: list[str]
    kind: str
    content: str
    context: str
    cue: str | None
    confidence: float
    flags: list[str]
    outlet: str | None
    title: str | None
    url: str | None
    published_at: datetime | None
    news_time: datetime
    """`published_at`, or the time of fetching where that is unknown."""
    language: str | None


class ArticleRow(BaseModel):
    """One article, with the numbers of its quotations and entities."""

    article_id: str
    revision: int
    change: str
    outlet: str | None
    title: str | None
    authors: list[str]
    url: str | None
    published_at: datetime | None
    news_time: datetime
    ingested_at: datetime
    language: str | None
    annotation_status: str
    quotes: int
    entities: int
    text: str | None = None
    """Only with `ArticleFilter.with_text`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Conditions of all queries. Times compare with `news_time`: from `since`, before `until`."""

    since: datetime | None = None
    until: datetime | None = None
    outlet: str | None = None
    """The full name, in any case."""
    words: str | None = None
    """Must occur in the quotation, or in the article's title or text, in any case."""
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteFilter(Filter):
    """Further conditions of `quotes`."""

    speaker: str | None = None
    """A name as a user types it: compared in any case with names, and with surnames where it is one word."""
    speaker_key: str | None = None
    """The same name folded by `name_key`; replaces `speaker`."""
    kind: str | None = None
    min_confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFilter(Filter):
    """Further conditions of `articles`."""

    about: str | None = None
    """A name that is mentioned: compared in any case with names, and with their last words where it is one word."""
    about_key: str | None = None
    """The same name folded; replaces `about`."""
    with_text: bool = False


_NAME: Final = "lower(name) = lower(%(name)s) OR lower(name) LIKE '%% ' || lower(%(surname)s)"
_NAME_KEY: Final = "name_key = %(name_key)s"
_SURNAME_KEY: Final = f"{_NAME_KEY} OR split_part(name_key, ' ', -1) = %(name_key)s"

_QUOTE_COLUMNS: Final = """
    quote_id, article_id, speakers, speaker_keys, speaker_kinds, kind, content, context, cue, confidence, flags, outlet,
    title, url, published_at, news_time, language
"""
_ARTICLE_COLUMNS: Final = """
    article_id, revision, change, outlet, title, authors, url, published_at, news_time, ingested_at, language,
    annotation_status
"""


def quotes(connection: Connection, wanted: QuoteFilter) -> list[QuoteRow]:
    """Find quotations: the newest article first, within an article in the order of its text."""
    conditions = _common_conditions(wanted, words="content")
    _add(conditions, wanted.kind is not None, "kind = %(kind)s")
    _add(conditions, wanted.min_confidence is not None, "confidence >= %(min_confidence)s")
    view: LiteralString = "news.quotes_current"
    position: LiteralString = "position"
    named = _name_condition(wanted.speaker, wanted.speaker_key)
    if named is not None:
        view, position = "news.speakers_current", "quote_position"
        conditions.append(named)
    values = _common_values(wanted) | _name_values(wanted.speaker, wanted.speaker_key)
    values |= {"kind": wanted.kind, "min_confidence": wanted.min_confidence}
    # The inner query finds the quotations by an index; the outer one fetches all of their joint speakers.
    statement = f"""
        SELECT {_QUOTE_COLUMNS} FROM news.quotes_current JOIN (
            SELECT DISTINCT quote_id, article_id, news_time, {position} AS position FROM {view}
            WHERE {_all(conditions)} ORDER BY news_time DESC, article_id, position LIMIT %(limit)s
        ) AS found USING (quote_id, article_id, news_time, position)
        ORDER BY news_time DESC, article_id, position
    """  # noqa: S608 - joined from the literals above; every value is a parameter
    with connection.cursor(row_factory=class_row(QuoteRow)) as cursor:
        return cursor.execute(statement, values).fetchall()


def articles(connection: Connection, wanted: ArticleFilter) -> list[ArticleRow]:
    """Find articles, the newest first."""
    conditions = _common_conditions(wanted, words="coalesce(title, '') || ' ' || text")
    named = _name_condition(wanted.about, wanted.about_key)
    if named is not None:
        conditions.append(f"article_id IN (SELECT article_id FROM news.mentions WHERE {named})")  # noqa: S608 - as below
    values = _common_values(wanted) | _name_values(wanted.about, wanted.about_key)
    text: LiteralString = ", text" if wanted.with_text else ""
    statement = f"""
        SELECT {_ARTICLE_COLUMNS} {text},
               (SELECT count(*) FROM news.quotes_current q WHERE q.article_id = found.article_id) AS quotes,
               (SELECT count(DISTINCT (m.entity_id, m.label, m.name)) FROM news.mentions m
                WHERE m.article_id = found.article_id) AS entities
        FROM (SELECT {_ARTICLE_COLUMNS} {text} FROM news.articles_current WHERE {_all(conditions)}
              ORDER BY news_time DESC, article_id LIMIT %(limit)s) AS found
        ORDER BY news_time DESC, article_id
    """  # noqa: S608 - as above
    with connection.cursor(row_factory=class_row(ArticleRow)) as cursor:
        return cursor.execute(statement, values).fetchall()


def _common_conditions(wanted: Filter, words: LiteralString) -> list[LiteralString]:
    conditions: list[LiteralString] = []
    _add(conditions, wanted.since is not None, "news_time >= %(since)s")
    _add(conditions, wanted.until is not None, "news_time < %(until)s")
    _add(conditions, wanted.outlet is not None, "lower(outlet) = lower(%(outlet)s)")
    _add(conditions, wanted.words is not None, f"{words} ILIKE %(words)s")
    return conditions


def _common_values(wanted: Filter) -> dict[str, object]:
    words = None if wanted.words is None else f"%{_escape_like(wanted.words)}%"
    return {
        "since": wanted.since,
        "until": wanted.until,
        "outlet": wanted.outlet,
        "words": words,
        "limit": wanted.limit,
    }


def _name_condition(name: str | None, key: str | None) -> LiteralString | None:
    """Build the condition for a name; a key wins over the name it was made from."""
    if key is not None:
        return _NAME_KEY if " " in key else _SURNAME_KEY
    return None if name is None else _NAME


def _name_values(name: str | None, key: str | None) -> dict[str, object]:
    name = (name or "").strip()
    return {"name": name, "surname": _escape_like(name) if name and " " not in name else None, "name_key": key}


def _add(conditions: list[LiteralString], given: bool, condition: LiteralString) -> None:
    if given:
        conditions.append(condition)


def _all(conditions: Sequence[LiteralString]) -> LiteralString:
    return " AND ".join([f"({condition})" for condition in conditions]) or "true"


def _escape_like(words: str) -> str:
    """Escape the characters that have a meaning in LIKE."""
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
