"""The audit finds what it is there to find: a stream at rest is made by hand, then damaged in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest

from chaos.audit import Findings, audit
from chaos.material import Version, versions
from chaos.poison import KEY, Poison
from chaos.topics import TopicContents
from kit.builders import article, enriched, entity, quote, withdrawn
from quotewire_runtime.records import Record
from quotewire_schemas import EnrichedArticle, encode
from quotewire_schemas.dead_letter import Reason
from quotewire_store.database import store_database
from quotewire_store.handler import StoreHandler

pytestmark = pytest.mark.integration


@dataclass
class AtRest:
    """A stream that has done its work, and what was fed."""

    fed: list[Version]
    poisoned: list[Poison]
    lying: TopicContents
    dsn: str

    def audit(self) -> Findings:
        return audit(self.fed, self.poisoned, self.lying, self.dsn)

    def sql(self, statement: str) -> None:
        with psycopg.connect(self.dsn) as connection:
            assert connection.execute(statement.encode()).rowcount == 1


def found(version: Version) -> EnrichedArticle:
    """What extract might make of a version."""
    if version.withdrawn:
        return enriched(withdrawn(version.article_id, version.version))
    of = article(version.article_id, version.version, version.text)
    speaker = next(name for name in ("Ilvane", "Tobren", "Sanna", "Oskar", "Mirele", "This") if name in of.text)
    return enriched(of, quotes=[quote(of, version.marker, speaker=speaker)], entities=[entity(of, speaker)])


@pytest.fixture
async def at_rest(postgres_dsn: str) -> AtRest:
    fed = versions(60, seed=4)
    assert any(version.withdrawn for version in fed)
    assert any(version.version == 2 and not version.withdrawn for version in fed)
    lying, records = TopicContents(), []
    for version in fed:
        item = found(version)
        place = (version.article_id, version.version)
        lying.articles[place], lying.enriched[place] = item.article, item
        lying.quotes |= {(one.quote_id, one.annotator_release) for one in item.quotes}
        records.append(Record("t", 0, 0, version.article_id.encode(), encode(item), (), 0))
    handler = StoreHandler(store_database(postgres_dsn))
    await handler.handle(records)
    await handler.stop()
    return AtRest(fed, [], lying, postgres_dsn)


def test_a_stream_at_rest_is_clean(at_rest: AtRest) -> None:
    assert at_rest.audit() == Findings()


ONE_QUOTE = "(article_id, position) = (SELECT article_id, position FROM news.quotations LIMIT 1)"
GONE = "(SELECT article_id FROM news.articles WHERE text IS NULL LIMIT 1)"
HERE = "(SELECT article_id FROM news.articles WHERE text IS NOT NULL LIMIT 1)"


@pytest.mark.parametrize(
    ("fault", "statement"),
    [
        ("lost", f"DELETE FROM news.quotations WHERE {ONE_QUOTE}"),
        ("lost", f"DELETE FROM news.speakers WHERE article_id = {HERE}"),
        ("lost", f"DELETE FROM news.entities WHERE article_id = {HERE}"),
        ("lost", "DELETE FROM news.revisions WHERE ctid = (SELECT ctid FROM news.revisions LIMIT 1)"),
        ("ghosts", "INSERT INTO news.revisions (article_id, revision, change, text, fetched_at, ingested_at,"
                   f" content_hash) SELECT {GONE}, 1, 'created', 'x', now(), now(), 'h'"),
        ("ghosts", "INSERT INTO news.speakers (article_id, quote_position, position, kind, mention, news_time)"
                   f" SELECT {GONE}, 0, 0, 'person', '', now()"),
        ("ghosts", f"UPDATE news.quotations SET content = 'of another revision' WHERE {ONE_QUOTE}"),
        ("doubled", "UPDATE news.entities SET starts = starts || starts, ends = ends || ends"
                    f" WHERE article_id = {HERE}"),
    ],
)  # fmt: skip
def test_a_damaged_table_is_found(at_rest: AtRest, fault: str, statement: str) -> None:
    at_rest.sql(statement)
    assert getattr(at_rest.audit(), fault) != []


def test_an_old_text_in_the_table_is_lost_and_a_ghost(at_rest: AtRest) -> None:
    at_rest.sql(f"UPDATE news.articles SET text = text || ' old' WHERE article_id = {HERE}")
    findings = at_rest.audit()
    assert len(findings.lost) == 1
    assert len(findings.ghosts) == 1


@pytest.mark.parametrize(
    ("fault", "damage"),
    [
        ("lost", lambda lying: lying.articles.popitem()),
        ("lost", lambda lying: lying.enriched.popitem()),
        ("lost", lambda lying: lying.quotes.pop()),
        ("ghosts", lambda lying: lying.articles.setdefault(("nobody", 1), article())),
        ("out_of_order", lambda lying: lying.out_of_order.append("revision 1 after 2")),
        ("unexplained", lambda lying: lying.dead.update([("store", "crash", "a1")])),
    ],
)
def test_a_damaged_topic_is_found(at_rest: AtRest, fault: str, damage: Callable[[TopicContents], object]) -> None:
    damage(at_rest.lying)
    findings = at_rest.audit()
    assert getattr(findings, fault) != []
    assert not findings.clean


def test_poison_that_became_no_dead_letter_is_found(at_rest: AtRest) -> None:
    at_rest.poisoned.append(Poison("t", f"{KEY}-1".encode(), b"{", "store", Reason.NOT_JSON))
    assert at_rest.audit().unexplained == ["1 × store not_json poison did not become a dead letter"]
