"""Extract as a process on a real Kafka."""

from __future__ import annotations

import json

import pytest

from kit.builders import article, withdrawn
from kit.eventually import eventually
from kit.services import Services
from quotewire_schemas import Article, EnrichedArticle, Origin, decode, encode
from quotewire_schemas.topics import ARTICLE, ENRICHED, QUOTE, dead_letter_topic

from .topic import produce, read_all, record

pytestmark = pytest.mark.integration

SAID = '"The bridge will open on Monday," mayor Ada Vrell said.\nShe said that the old one would stay.'


async def outcomes(services: Services, count: int) -> dict[str, str]:
    """Wait until so many articles have an outcome in the log; the outcome by id."""

    def told() -> dict[str, str] | None:
        found = {line["article_id"]: line["outcome"] for line in services.made[0].lines() if line.get("outcome")}
        return found if len(found) >= count else None

    found = await eventually(told, within=90)
    assert found is not None
    return found


async def test_articles_become_enriched_articles_and_quotations(services: Services) -> None:
    extract = services.make("extract").start().ready()
    await produce(
        services,
        record(article("new", text=SAID)),
        record(article("second", 2, text=SAID)),
        record(article("french", text="Il a dit que oui.", language="fr")),
        record(article("none", text="Mmm.", language=None)),
        record(article("beat", text=SAID, origin=Origin.HEARTBEAT)),
        record(withdrawn("gone", 3)),
    )
    assert await outcomes(services, 6) == {
        "new": "annotated", "second": "annotated", "beat": "heartbeat",
        "french": "skipped", "none": "skipped", "gone": "withdrawn",
    }  # fmt: skip

    rows = await read_all(services, ENRICHED)
    enriched = {key: decode(EnrichedArticle, json.dumps(value).encode()) for key, _, value in rows}
    assert enriched["new"].annotation.status == "done"
    assert enriched["new"].annotation.model is not None
    assert enriched["new"].annotation.model.startswith("en_wire ")
    assert enriched["french"].annotation.reason == "no pipeline for language 'fr'"
    assert enriched["none"].annotation.reason == "language not recognised"
    assert (enriched["gone"].article.change, enriched["gone"].quotes) == ("withdrawn", [])
    assert [quote.content for quote in enriched["new"].quotes] == [
        '"The bridge will open on Monday,"',
        "that the old one would stay.",
    ]
    headers = next(headers for key, headers, _ in rows if key == "new")
    release = enriched["new"].annotation.annotator_release
    assert headers["ce_id"] == f"new:1:{release}"
    assert (headers["ce_type"], headers["ce_source"]) == ("quotewire.article.enriched.v1", "quotewire/extract")

    quotes = await read_all(services, QUOTE)
    told = {key: [value["type"] for other, _, value in quotes if other == key] for key in enriched}
    assert told == {
        "new": ["quote", "quote"],
        "second": ["quotes.voided", "quote", "quote"],
        "gone": ["quotes.voided"],
        "french": [],
        "none": [],
        "beat": [],
    }
    ids = [headers["ce_id"] for key, headers, _ in quotes if key == "second"]
    assert ids[0] == f"second:2:{release}:voided"
    assert ids[1:] == [f"{quote.quote_id}:{release}" for quote in enriched["second"].quotes]

    ready = json.loads(extract.get("/ready")[1])
    assert "1 of 1 workers up" in json.dumps(ready)
    assert 'quotewire_articles_total{outcome="annotated",stage="extract"} 2.0' in extract.get("/metrics")[1]
    assert extract.stop() == 0


async def test_what_is_no_article_becomes_a_dead_letter_with_its_own_bytes(services: Services) -> None:
    services.make("extract").start().ready()
    good = record(article("good", text=SAID))
    unknown = json.loads(good[1]) | {"article_id": "later", "mood": "calm"}
    newer = json.loads(good[1]) | {"schema_version": 99}
    await produce(
        services,
        (b"p1", b"{"), (b"p2", None), (b"p3", good[1]), (b"p4", json.dumps(newer).encode()),
        (None, good[1]), good, (b"later", json.dumps(unknown).encode()),
    )  # fmt: skip
    await eventually(lambda: {"good", "later"} <= {line.get("article_id") for line in services.made[0].lines()}, 90)
    dead: list[tuple[str, str]] = []

    async def all_dead() -> bool:
        topic = dead_letter_topic(ARTICLE, "extract")
        rows = await read_all(services, topic)
        dead[:] = sorted((key, headers["__connect.errors.exception.class.name"]) for key, headers, _ in rows)
        return len(dead) == 5

    await eventually(all_dead, within=60)
    assert dead == [("", "wrong_key"), ("p1", "not_json"), ("p2", "empty"), ("p3", "wrong_key"), ("p4", "newer_schema")]
    values = {key: value for key, _, value in await read_all(services, ENRICHED)}
    assert values["later"]["article"]["mood"] == "calm"


async def test_the_same_article_again_gives_the_same_ids(services: Services) -> None:
    services.make("extract").start().ready()
    await produce(services, record(article("a", text=SAID)), record(article("a", text=SAID)))
    await eventually(lambda: len([1 for line in services.made[0].lines() if line.get("outcome")]) == 2, within=90)
    ids = [headers["ce_id"] for _, headers, _ in await read_all(services, QUOTE)]
    assert len(ids) == 4
    assert ids[:2] == ids[2:]


async def test_a_worker_that_is_killed_is_replaced_and_nothing_is_lost(services: Services) -> None:
    import psutil

    extract = services.make("extract").start().ready()
    assert extract.process is not None
    articles: list[Article] = [article(f"n{number}", text=SAID * 20) for number in range(60)]
    await produce(services, *(record(one) for one in articles[:30]))
    await outcomes(services, 1)
    for child in psutil.Process(extract.process.pid).children(recursive=True):
        child.kill()
    await produce(services, *((one.article_id.encode(), encode(one)) for one in articles[30:]))
    assert set((await outcomes(services, 60)).values()) == {"annotated"}
    assert len({key for key, _, _ in await read_all(services, ENRICHED)}) == 60


async def test_a_pipeline_that_is_not_installed_is_one_clear_line(services: Services) -> None:
    extract = services.make("extract", EXTRACT__PIPELINES__DE="de_no_such_model").start()
    assert extract.process is not None
    assert extract.process.wait(60) == 2
    assert extract.log.read_text().splitlines() == [
        "quotewire: QUOTEWIRE_EXTRACT__PIPELINES__DE: no spaCy pipeline 'de_no_such_model' is installed here and no "
        "folder has that name; install it with pip, or name another one"
    ]
