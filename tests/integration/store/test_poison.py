"""What can be wrong with a record, and that its neighbours are stored all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kit.builders import article, enriched, quote
from quotewire_schemas import EnrichedArticle, encode
from quotewire_schemas.topics import ENRICHED, examples
from quotewire_store.handler import StoreHandler

from .stored import outcomes_of, query, record, store

pytestmark = pytest.mark.integration


def changed(path: str, value: object, item: EnrichedArticle | None = None) -> bytes:
    """An example record with one field set to something else, past all validation on our side."""
    data = json.loads(encode(item or enriched()))
    *parents, last = path.split(".")
    at: Any = data
    for name in parents:
        at = at[int(name) if name.isdigit() else name]
    at[last] = value
    return json.dumps(data).encode()


UNDECODABLE = {
    "not JSON": (b"{", "not_json: "),
    "no value": (None, "empty: "),
    "no UTF-8": (b"\xff\xfe", "not_json: "),
    "a list": (b"[]", "invalid: record"),
    "deep": (b"[" * 100_000, "not_json: "),
    "a lone surrogate": (changed("article.title", "\ud83d"), "not_json: "),
    "no revision": (changed("article.revision", None), "invalid: article.revision"),
    "a newer schema": (changed("schema_version", 2), "newer_schema: schema_version 2"),
    "offsets past the text": (changed("entities.0.end", 10**6), "invalid: "),
    "the quotation of another": (changed("quotes.0.article_id", "a2"), "invalid: quotes.0.article_id"),
}
REJECTED = {
    "U+0000 in the text": changed("article.text", enriched().article.text + "\0"),
    "U+0000 in the title": changed("article.title", "a\0b"),
    "U+0000 in a quotation": changed("quotes.0.content", "a\0b"),
    "U+0000 in an unknown field": changed("article.mood", "a\0b"),
    "a revision beyond 32 bits": changed("article.revision", 2**31),
    "a release beyond 64 bits": changed("annotation.annotator_release", 2**64),
    "a year before Christ": changed("article.published_at", "0001-01-01T00:00:00+23:59"),
    "a name longer than an index row": changed(
        "quotes.0.speakers.0.name_key", "".join(map(chr, range(0x4E00, 0x5200)))
    ),
    "a quotation twice": encode(enriched().model_copy(update={"quotes": enriched().quotes * 2})),
}


@pytest.mark.parametrize("name", UNDECODABLE)
async def test_what_cannot_be_decoded_is_a_dead_letter(handler: StoreHandler, postgres_dsn: str, name: str) -> None:
    value, message = UNDECODABLE[name]
    (result,) = outcomes_of(await handler.handle([record(value)]))
    assert result.startswith(message)
    assert query(postgres_dsn, "SELECT FROM news.articles") == []


@pytest.mark.parametrize("name", REJECTED)
async def test_what_postgres_rejects_is_a_dead_letter(handler: StoreHandler, postgres_dsn: str, name: str) -> None:
    good = [enriched(article("n1")), enriched(article("n2"))]
    results = outcomes_of(await handler.handle([record(good[0]), record(REJECTED[name]), record(good[1])]))
    assert results[0] == results[2] == "stored"
    assert results[1].startswith("refused: PostgreSQL refuses it: ")
    assert query(postgres_dsn, "SELECT article_id FROM news.articles ORDER BY 1") == [("n1",), ("n2",)]


@pytest.mark.parametrize("key", [None, b"", b"a2", b"\xff"])
async def test_a_key_that_is_not_the_articles_is_a_dead_letter(handler: StoreHandler, key: bytes | None) -> None:
    assert outcomes_of(await handler.handle([record(encode(enriched()), key)])) == [
        "wrong_key: the key is not article.article_id"
    ]


async def test_only_the_culprits_of_a_batch_become_dead_letters(handler: StoreHandler, postgres_dsn: str) -> None:
    batch = [record(enriched(article(f"n{number}")), offset=number) for number in range(50)]
    culprits = {7: REJECTED["U+0000 in the text"], 8: b"{", 30: REJECTED["a revision beyond 32 bits"]}
    for number, value in culprits.items():
        batch[number] = record(value)
    results = outcomes_of(await handler.handle(batch))
    assert {number: result.split(":")[0] for number, result in enumerate(results) if result != "stored"} == {
        7: "refused",
        8: "not_json",
        30: "refused",
    }
    assert query(postgres_dsn, "SELECT count(*) FROM news.articles") == [(47,)]
    assert outcomes_of(await handler.handle(batch)).count("unchanged") == 47


async def test_a_rejected_revision_leaves_the_one_before(handler: StoreHandler, postgres_dsn: str) -> None:
    of = article("a1", 2)
    bad = enriched(of, quotes=[quote(of, "ferry"), quote(of, "ferry")])
    assert (await store(handler, enriched(), bad))[1].startswith("refused: ")
    assert query(postgres_dsn, "SELECT revision FROM news.articles") == [(1,)]
    assert query(postgres_dsn, "SELECT content FROM news.quotations") == [('"The ferry sails at dawn,"',)]


async def test_the_quotation_of_a_foreign_article_is_never_overwritten(
    handler: StoreHandler, postgres_dsn: str
) -> None:
    """A quote_id of another article is rejected, not moved."""
    stolen = enriched().quotes[0].quote_id
    thief = changed("quotes.0.quote_id", stolen, enriched(article("thief")))
    await store(handler, enriched())
    (result,) = outcomes_of(await handler.handle([record(thief, b"thief")]))
    assert result.startswith("refused: ")
    assert query(postgres_dsn, "SELECT article_id FROM news.quotations") == [("a1",)]


async def test_a_message_never_holds_the_article(handler: StoreHandler) -> None:
    for value in REJECTED.values():
        (result,) = outcomes_of(await handler.handle([record(value)]))
        assert "ferry" not in result


async def test_the_longest_article_is_stored(handler: StoreHandler, postgres_dsn: str) -> None:
    texts = ["\n" * 262_144, "x" * 262_144, "語" * 87_381]
    items = [enriched(article(f"n{number}", text=text)) for number, text in enumerate(texts)]
    assert await store(handler, *items) == ["stored"] * 3
    assert [row[0] for row in query(postgres_dsn, "SELECT text FROM news.articles ORDER BY article_id")] == texts


@pytest.mark.parametrize("value", [pytest.param(value, id=name) for name, value in examples(ENRICHED)])
async def test_every_example_of_the_contract_is_stored(handler: StoreHandler, value: bytes) -> None:
    key = json.loads(value)["article"]["article_id"].encode()
    assert outcomes_of(await handler.handle([record(value, key)])) in (["stored"], ["withdrawn"])
    assert outcomes_of(await handler.handle([record(value, key)])) == ["unchanged"]
