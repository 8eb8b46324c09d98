"""Rows of a record: a pure function."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kit.builders import NOON, article, enriched, entity, withdrawn
from quotewire_schemas import EnrichedArticle, decode
from quotewire_schemas.topics import ENRICHED, examples
from quotewire_store.rows import ENTITY_COLUMNS, QUOTATION_COLUMNS, SPEAKER_COLUMNS, rows_of


@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in examples(ENRICHED)])
def test_every_row_has_the_width_of_its_table(value: bytes) -> None:
    record = decode(EnrichedArticle, value)
    rows = rows_of(record)
    assert {len(row) for row in rows.entities} <= {len(ENTITY_COLUMNS)}
    assert {len(row) for row in rows.quotations} <= {len(QUOTATION_COLUMNS)}
    assert {len(row) for row in rows.speakers} <= {len(SPEAKER_COLUMNS)}
    mentions = [start for row in rows.entities if isinstance(starts := row[6], list) for start in starts]
    assert len(mentions) == (0 if rows.withdrawn else len(record.entities))


def test_the_digest_knows_everything_but_the_clock() -> None:
    record = enriched()
    later = record.annotation.model_copy(update={"annotated_at": NOON + timedelta(hours=1)})
    assert rows_of(record.model_copy(update={"annotation": later})).digest == rows_of(record).digest
    others = [
        enriched(article(title="Another title")),
        enriched(article(revision=2)),
        enriched(release=2),
        enriched(entities=[]),
        enriched(quotes=[]),
    ]
    assert len({rows_of(other).digest for other in [record, *others]}) == 6


def test_mentions_with_other_names_are_other_entities() -> None:
    of = article(text="Ada Ferrel met Ferrel and Ada Ferrel.")
    first = entity(of, "Ada Ferrel")
    again = first.model_copy(update={"start": 26, "end": 36})
    other = entity(of, "Ferrel", entity_id="e1", name="Ferrel").model_copy(update={"start": 15, "end": 21})
    assert [(row[4], row[6]) for row in rows_of(enriched(of, entities=[first, other, again])).entities] == [
        ("Ada Ferrel", [0, 26]),
        ("Ferrel", [15]),
    ]


def test_a_withdrawn_article_has_no_rows_whatever_the_record_carries() -> None:
    of = withdrawn()
    careless = enriched(of).model_copy(update={"quotes": enriched().quotes, "entities": enriched().entities})
    rows = rows_of(careless)
    assert rows.withdrawn
    assert rows.entities == rows.quotations == rows.speakers == []
    assert rows.article["withdrawn_through"] == rows.article["revision"] == 2
    assert rows.article["text"] is rows.article["url"] is rows.article["title"] is None
