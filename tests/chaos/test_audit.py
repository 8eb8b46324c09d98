"""The audit finds faults: an idle stream is made by hand, then damaged in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest

from chaos.article_versions import ArticleVersion, article_versions
from chaos.audit import Findings, audit
from chaos.poison import KEY, Poison
from chaos.topic_contents import TopicContents
from kit.builders import article, enriched, entity, quote, withdrawn
from quotewire_runtime.records import Record
from quotewire_schemas import EnrichedArticle, QuotesVoided, encode
from quotewire_schemas.dead_letter import Reason
from quotewire_store.database import store_database
from quotewire_store.handler import StoreHandler

pytestmark = pytest.mark.integration


@dataclass
class IdleStream:
    """A stream that has processed everything, and what was fed."""

    fed: list[ArticleVersion]
    poisoned: list[Poison]
    contents: TopicContents
    dsn: str

    def audit(self) -> Findings:
        return audit(self.fed, self.poisoned, self.contents, self.dsn)

    def sql(self, statement: str) -> None:
        with psycopg.connect(self.dsn) as connection:
            assert connection.execute(statement.encode()).rowcount == 1


def found(version: ArticleVersion) -> EnrichedArticle:
    """A possible annotation of a version."""
    if version.withdrawn:
        return enriched(withdrawn(version.article_id, version.version))
    of = article(version.article_id, version.version, version.text)
    speaker = next(name for name in ("Ilvane", "Tobren", "Sanna", "Oskar", "Mirele", "This") if name in of.text)
    return enriched(of, quotes=[quote(of, version.marker, speaker=speaker)], entities=[entity(of, speaker)])


def voided(item: EnrichedArticle) -> QuotesVoided:
    """The notice before the quotations of an article."""
    return QuotesVoided(
        article_id=item.article.article_id,
        revision=item.article.revision,
        annotator_release=item.annotation.annotator_release,
        reason="revised",
        voided_at=item.annotation.annotated_at,
    )


def _still_valid(contents: TopicContents) -> None:
    """Let a quotation of an earlier sequence be valid: its notice is missing."""
    item = next(item for item in contents.enriched.values() if item.quotes)
    contents.quote_consumer.apply(item.quotes[0].model_copy(update={"quote_id": "0" * 32, "revision": 9}))


def _voided(contents: TopicContents) -> None:
    """Void the quotations of an article that has some."""
    article_id, _, revision, _ = next(iter(contents.quote_consumer.valid))
    item = contents.enriched[article_id, revision]
    later = item.annotation.model_copy(update={"annotator_release": 99})
    contents.quote_consumer.apply(voided(item.model_copy(update={"annotation": later})))


@pytest.fixture
async def is_idle(postgres_dsn: str) -> IdleStream:
    fed = article_versions(60, seed=4)
    assert any(version.withdrawn for version in fed)
    assert any(version.version == 2 and not version.withdrawn for version in fed)
    contents, records = TopicContents(), []
    for version in fed:
        item = found(version)
        location = (version.article_id, version.version)
        contents.articles[location], contents.enriched[location] = item.article, item
        contents.quotes |= {(one.quote_id, one.annotator_release) for one in item.quotes}
        if version.version > 1:
            contents.quote_consumer.apply(voided(item))
        for one in item.quotes:
            contents.quote_consumer.apply(one)
        records.append(Record("t", 0, 0, version.article_id.encode(), encode(item), (), 0))
    handler = StoreHandler(store_database(postgres_dsn))
    await handler.handle(records)
    await handler.stop()
    return IdleStream(fed, [], contents, postgres_dsn)


def test_an_idle_stream_is_clean(is_idle: IdleStream) -> None:
    assert is_idle.audit() == Findings()


ONE_QUOTE = "(article_id, position) = (SELECT article_id, position FROM news.quotations LIMIT 1)"
GONE = "(SELECT article_id FROM news.articles WHERE text IS NULL LIMIT 1)"
PRESENT = "(SELECT article_id FROM news.articles WHERE text IS NOT NULL LIMIT 1)"


@pytest.mark.parametrize(
    ("fault", "statement"),
    [
        ("lost", f"DELETE FROM news.quotations WHERE {ONE_QUOTE}"),
        ("lost", f"DELETE FROM news.speakers WHERE article_id = {PRESENT}"),
        ("lost", f"DELETE FROM news.entities WHERE article_id = {PRESENT}"),
        ("lost", "DELETE FROM news.revisions WHERE ctid = (SELECT ctid FROM news.revisions LIMIT 1)"),
        ("ghosts", "INSERT INTO news.revisions (article_id, revision, change, text, fetched_at, ingested_at,"
                   f" content_hash) SELECT {GONE}, 1, 'created', 'x', now(), now(), 'h'"),
        ("ghosts", "INSERT INTO news.speakers (article_id, quote_position, position, kind, mention, news_time)"
                   f" SELECT {GONE}, 0, 0, 'person', '', now()"),
        ("ghosts", f"UPDATE news.quotations SET content = 'of another revision' WHERE {ONE_QUOTE}"),
        ("doubled", "UPDATE news.entities SET starts = starts || starts, ends = ends || ends"
                    f" WHERE article_id = {PRESENT}"),
    ],
)  # fmt: skip
def test_a_damaged_table_is_found(is_idle: IdleStream, fault: str, statement: str) -> None:
    is_idle.sql(statement)
    assert getattr(is_idle.audit(), fault) != []


def test_an_old_text_in_the_table_is_lost_and_a_ghost(is_idle: IdleStream) -> None:
    is_idle.sql(f"UPDATE news.articles SET text = text || ' old' WHERE article_id = {PRESENT}")
    findings = is_idle.audit()
    assert len(findings.lost) == 1
    assert len(findings.ghosts) == 1


@pytest.mark.parametrize(
    ("fault", "damage"),
    [
        ("lost", lambda contents: contents.articles.popitem()),
        ("lost", lambda contents: contents.enriched.popitem()),
        ("lost", lambda contents: contents.quotes.pop()),
        ("ghosts", _still_valid),
        ("lost", _voided),
        ("ghosts", lambda contents: contents.articles.setdefault(("nobody", 1), article())),
        ("out_of_order", lambda contents: contents.out_of_order.append("revision 1 after 2")),
        ("unexplained", lambda contents: contents.dead.update([("store", "crash", "a1")])),
    ],
)
def test_a_damaged_topic_is_found(is_idle: IdleStream, fault: str, damage: Callable[[TopicContents], object]) -> None:
    damage(is_idle.contents)
    findings = is_idle.audit()
    assert getattr(findings, fault) != []
    assert not findings.clean


def test_poison_that_became_no_dead_letter_is_found(is_idle: IdleStream) -> None:
    is_idle.poisoned.append(Poison("t", f"{KEY}-1".encode(), b"{", "store", Reason.NOT_JSON))
    assert is_idle.audit().unexplained == ["1 × store not_json poison did not become a dead letter"]
