"""The newest record of an article replaces all others, whatever comes before, after or twice."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from kit.builders import NOON, article, enriched, entity, quote, withdrawn
from quotewire_runtime.observability import metrics
from quotewire_schemas import EnrichedArticle, Speaker, SpeakerKind, encode
from quotewire_store.handler import StoreHandler

from .stored import all_rows, outcomes_of, query, record, store

pytestmark = pytest.mark.integration

TEXT = '"One," said Ada Ferrel. "Two," said Bo Lindqvist. "Three," said Ada Ferrel.'
"""Invented people."""


def quoting(revision: int, *words: str, release: int = 1, text: str = TEXT) -> EnrichedArticle:
    """A revision that quotes `words`, each by the name that follows it."""
    of = article("a1", revision, text)
    quotes = [quote(of, f'"{word},"', speaker=name, release=release) for word, name in zip(words, _NAMES, strict=False)]
    return enriched(of, release=release, quotes=quotes, entities=[entity(of, "Ada Ferrel")])


_NAMES = ("Ada Ferrel", "Bo Lindqvist", "Ada Ferrel")


async def test_stores_an_article_with_all_its_parts(handler: StoreHandler, postgres_dsn: str) -> None:
    assert await store(handler, enriched()) == ["stored"]
    rows = query(
        postgres_dsn,
        "SELECT content, speakers, speaker_keys, cue, outlet, title, url, context, content_spans"
        " FROM news.quotes_current",
    )
    assert rows == [
        (
            '"The ferry sails at dawn,"',
            ["Ilvane Morrec"],
            ["ilvane morrec"],
            "said",
            "Harbour Post",
            "Ferry to sail at dawn",
            "https://harbour-post.example/a1",
            article().text,
            [[0, 26]],
        )
    ]
    assert query(postgres_dsn, "SELECT text, label, name FROM news.mentions") == [
        ("Ilvane Morrec", "PERSON", "Ilvane Morrec")
    ]


async def test_offsets_of_the_views_count_code_points(handler: StoreHandler, postgres_dsn: str) -> None:
    of = article(text='🛶 "Row," said Ada Ferrel.')
    item = enriched(of, entities=[entity(of, "Ada Ferrel")], quotes=[quote(of, '"Row,"', context_span=(2, 25))])
    await store(handler, item)
    assert query(postgres_dsn, "SELECT text FROM news.mentions") == [("Ada Ferrel",)]
    assert query(postgres_dsn, "SELECT context FROM news.quotes_current") == [('"Row," said Ada Ferrel.',)]


async def test_mentions_of_one_entity_are_one_row_and_many_mentions(handler: StoreHandler, postgres_dsn: str) -> None:
    of = article(text=TEXT)
    first = entity(of, "Ada Ferrel")
    second = first.model_copy(update={"start": TEXT.rindex("Ada"), "end": TEXT.rindex("Ada") + 10})
    await store(handler, enriched(of, entities=[first, entity(of, "Bo Lindqvist", entity_id="e2"), second]))
    assert query(postgres_dsn, "SELECT name, cardinality(starts) FROM news.entities ORDER BY position") == [
        ("Ada Ferrel", 2),
        ("Bo Lindqvist", 1),
    ]
    assert len(query(postgres_dsn, "SELECT FROM news.mentions")) == 3


async def test_joint_speakers_are_all_stored(handler: StoreHandler, postgres_dsn: str) -> None:
    of = article(text=TEXT)
    voices = [
        Speaker(text=name, start=TEXT.index(name), end=TEXT.index(name) + len(name), name=name, name_key=name.lower(),
                kind=SpeakerKind.PERSON)
        for name in ("Ada Ferrel", "Bo Lindqvist")
    ]  # fmt: skip
    await store(handler, enriched(of, quotes=[quote(of, '"One,"').model_copy(update={"speakers": voices})]))
    assert query(postgres_dsn, "SELECT speakers FROM news.quotes_current") == [(["Ada Ferrel", "Bo Lindqvist"],)]
    assert len(query(postgres_dsn, "SELECT FROM news.speakers_current WHERE name_key = 'bo lindqvist'")) == 1


async def test_a_revision_with_fewer_quotations_leaves_none_of_the_old_ones(
    handler: StoreHandler, postgres_dsn: str
) -> None:
    await store(handler, quoting(1, "One", "Two", "Three"))
    assert await store(handler, quoting(2, "One")) == ["stored"]
    assert query(postgres_dsn, "SELECT content FROM news.quotes_current") == [('"One,"',)]
    assert len(query(postgres_dsn, "SELECT FROM news.speakers")) == 1
    assert await store(handler, quoting(3)) == ["stored"]
    assert query(postgres_dsn, "SELECT FROM news.quotations") == query(postgres_dsn, "SELECT FROM news.speakers") == []


async def test_an_old_revision_arriving_late_changes_only_the_history(handler: StoreHandler, postgres_dsn: str) -> None:
    await store(handler, quoting(3, "Two"))
    current = all_rows(postgres_dsn)
    assert await store(handler, quoting(2, "One", "Two", "Three", text=TEXT + " Old.")) == ["superseded"]
    after = all_rows(postgres_dsn)
    assert [row[0]["revision"] for row in after.pop("revisions")] == [2]
    assert current.pop("revisions") == []
    assert after == current


async def test_the_text_of_a_former_revision_is_stored(handler: StoreHandler, postgres_dsn: str) -> None:
    await store(handler, quoting(1, text=TEXT + " A."), quoting(2, text=TEXT + " B."), quoting(3, text=TEXT + " A."))
    assert query(postgres_dsn, "SELECT revision, right(text, 2) FROM news.revisions ORDER BY 1") == [
        (1, "A."),
        (2, "B."),
    ]
    assert query(postgres_dsn, "SELECT revision, right(text, 2) FROM news.articles_current") == [(3, "A.")]


async def test_a_repeated_delivery_is_unchanged(handler: StoreHandler, postgres_dsn: str) -> None:
    await store(handler, enriched())
    before = all_rows(postgres_dsn)
    assert await store(handler, enriched(), enriched()) == ["unchanged", "unchanged"]
    again = enriched()
    later = again.annotation.model_copy(update={"annotated_at": NOON.replace(hour=13)})
    assert await store(handler, again.model_copy(update={"annotation": later})) == ["unchanged"]
    assert all_rows(postgres_dsn) == before


async def test_a_newer_annotator_replaces_and_an_older_one_does_not(handler: StoreHandler, postgres_dsn: str) -> None:
    await store(handler, quoting(2, "One", "Two", release=5))
    assert await store(handler, quoting(2, "One", release=4)) == ["superseded"]
    assert await store(handler, quoting(1, "One", release=9)) == ["superseded"]
    assert await store(handler, quoting(2, "One", "Two", "Three", release=6)) == ["stored"]
    assert query(postgres_dsn, "SELECT annotator_release, count(*) FROM news.quotes_current GROUP BY 1") == [(6, 3)]
    assert query(postgres_dsn, "SELECT revision FROM news.revisions") == [(1,)]


async def test_another_record_of_the_same_order_replaces(handler: StoreHandler, postgres_dsn: str) -> None:
    await store(handler, quoting(1, "One"))
    assert await store(handler, quoting(1, "One", "Two")) == ["stored"]
    assert len(query(postgres_dsn, "SELECT FROM news.quotations")) == 2


async def test_withdrawn_leaves_an_emptied_row_and_nothing_else(handler: StoreHandler, postgres_dsn: str) -> None:
    await store(handler, quoting(1, "One"), quoting(2, "One", "Two", text=TEXT + " More."))
    assert await store(handler, enriched(withdrawn("a1", 3))) == ["withdrawn"]
    after = all_rows(postgres_dsn)
    tombstone = after.pop("articles")[0][0]
    assert [name for name, rows in after.items() if rows] == []
    columns = {name for name, value in tombstone.items() if value not in (None, [], {})}
    assert columns == {
        "article_id", "revision", "annotator_release", "withdrawn_through", "change", "origin", "source_id", "outlet",
        "fetched_at", "ingested_at", "news_time", "language", "reader_version", "annotation_status", "model",
        "annotated_at", "digest",
    }  # fmt: skip
    assert query(postgres_dsn, "SELECT FROM news.articles_current") == []


async def test_what_arrives_after_a_withdrawal_is_not_stored(handler: StoreHandler, postgres_dsn: str) -> None:
    await store(handler, enriched(withdrawn("a1", 3)))
    before = all_rows(postgres_dsn)
    assert await store(handler, quoting(2, "One"), quoting(1, "One", release=99)) == ["superseded", "superseded"]
    assert all_rows(postgres_dsn) == before


async def test_an_article_that_returns_does_not_bring_its_withdrawn_past(
    handler: StoreHandler, postgres_dsn: str
) -> None:
    await store(handler, quoting(1, "One"), enriched(withdrawn("a1", 2)), quoting(3, "Two"))
    assert await store(handler, quoting(1, "One")) == ["superseded"]
    assert query(postgres_dsn, "SELECT revision, withdrawn_through FROM news.articles") == [(3, 2)]
    assert query(postgres_dsn, "SELECT FROM news.revisions") == []


async def test_a_late_withdrawal_still_deletes_the_texts_before_it(handler: StoreHandler, postgres_dsn: str) -> None:
    await store(handler, quoting(1, "One"), quoting(3, "Two"), quoting(4, "Two"))
    assert await store(handler, enriched(withdrawn("a1", 2))) == ["superseded"]
    assert query(postgres_dsn, "SELECT revision FROM news.revisions") == [(3,)]


async def test_an_article_many_times_in_one_batch_ends_as_if_one_by_one(
    handler: StoreHandler, postgres_dsn: str
) -> None:
    batch = [
        quoting(1, "One"),
        enriched(article("b")),
        quoting(3, "Two"),
        quoting(2, "One"),
        quoting(3, "Two"),
        quoting(4),
    ]
    assert await store(handler, *batch) == ["stored", "stored", "stored", "superseded", "unchanged", "stored"]
    assert query(postgres_dsn, "SELECT revision FROM news.revisions ORDER BY 1") == [(1,), (2,), (3,)]


async def test_a_heartbeat_is_not_stored_as_news(handler: StoreHandler, postgres_dsn: str) -> None:
    ages = sample("quotewire_article_age_seconds_count")
    newest = datetime.now(UTC) + timedelta(days=1)  # newer than the start of the process
    heartbeat = enriched(article("beat", origin="heartbeat", ingested_at=newest))
    late = enriched(article("late", origin="heartbeat", ingested_at=newest - timedelta(days=9)))
    assert await store(handler, heartbeat, late, enriched(article("b", origin="backfill"))) == [
        "heartbeat", "heartbeat", "stored",
    ]  # fmt: skip
    assert sample("quotewire_article_age_seconds_count") == ages
    assert sample("quotewire_heartbeat_sent_timestamp_seconds") == newest.timestamp()
    assert query(postgres_dsn, "SELECT article_id FROM news.articles") == [("b",)]


def sample(name: str) -> float | None:
    return metrics.REGISTRY.get_sample_value(name, {"stage": "store"})


async def test_fields_of_a_newer_release_are_stored(handler: StoreHandler, postgres_dsn: str) -> None:
    value = json.loads(encode(enriched()))
    value["mood"] = "calm"
    value["article"]["paywall"] = True
    value["quotes"][0]["tone"] = {"dry": 0.5}
    value["quotes"][0]["speakers"][0]["pronoun"] = "she"
    value["entities"][0]["wikidata"] = None
    value["article"]["change"] = "corrected"
    assert outcomes_of(await handler.handle([record(json.dumps(value).encode())])) == ["stored"]
    assert query(postgres_dsn, "SELECT change, extra FROM news.articles") == [
        ("corrected", {"mood": "calm", "article": {"paywall": True}})
    ]
    assert query(postgres_dsn, "SELECT extra FROM news.quotations") == [({"tone": {"dry": 0.5}},)]
    assert query(postgres_dsn, "SELECT extra FROM news.speakers") == [({"pronoun": "she"},)]
    assert query(postgres_dsn, "SELECT extra FROM news.entities") == [([{"wikidata": None}],)]
