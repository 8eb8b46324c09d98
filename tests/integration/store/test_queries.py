"""The queries on the store, and the verbs that run them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from kit.builders import NOON, article, enriched, entity, quote, withdrawn
from quotewire.cli import run
from quotewire_names import name_key
from quotewire_schemas import EnrichedArticle, Kind, Speaker, SpeakerKind
from quotewire_store.handler import StoreHandler
from quotewire_store.queries import ArticleFilter, QuoteFilter, articles, quotes

from .stored import store

pytestmark = pytest.mark.integration


def article_quoting(
    article_id: str, days: int | None, outlet: str, *pairs: tuple[str, str | None], **fields: Any
) -> EnrichedArticle:
    """An article published so many days after noon of 2 March, with the words of each name."""
    text = " ".join(f'"{words}" said {name or "nobody"}.' for name, words in [(n, w) for w, n in pairs])
    of = article(
        article_id,
        1,
        text,
        outlet=outlet,
        published_at=None if days is None else NOON + timedelta(days=days),
        title=f"Title of {article_id}",
    )
    found = []
    for words, name in pairs:
        item = quote(of, f'"{words}"', **fields)
        if name is not None:
            voices = [
                Speaker(text="", name=one, name_key=name_key(one), kind=SpeakerKind.PERSON) for one in name.split(" & ")
            ]
            item = item.model_copy(update={"speakers": voices})
        found.append(item)
    names = {one for _, name in pairs if name for one in name.split(" & ") if one in text}
    mentioned = [entity(of, name, name_key=name_key(name)) for name in sorted(names)]
    return enriched(of, quotes=found, entities=mentioned)


@pytest.fixture
async def filled(handler: StoreHandler, postgres_dsn: str) -> str:
    outcomes = await store(
        handler,
        article_quoting("n1", 0, "Harbour Post", ("We sail at 100 % steam", "Ilvane Morrec"), ("Unheard of", None)),
        article_quoting("n2", 1, "Hill Gazette", ("The tide turns", "Oskar Morrec"), confidence=0.4, kind=Kind.MIXED),
        article_quoting("n3", 2, "Harbour Post", ("Together", "Ilvane Morrec & Tomáš Veleš")),
        article_quoting("n4", None, "Harbour Post", ("The ferry sails at dawn", "Ilvane Morrec")),
        enriched(withdrawn("n5", 1)),
    )
    assert outcomes == ["stored"] * 4 + ["withdrawn"]
    return postgres_dsn


@pytest.fixture
def reader(filled: str) -> Iterator[psycopg.Connection[Any]]:
    """A session with the reader role."""
    with psycopg.connect(filled) as connection:
        connection.execute("SET ROLE quotewire_reader")
        yield connection


def contents(reader: psycopg.Connection[Any], **wanted: Any) -> list[str]:
    return [row.content.strip('"') for row in quotes(reader, QuoteFilter(**wanted))]


def test_everything_newest_first(reader: psycopg.Connection[Any]) -> None:
    assert contents(reader) == [
        "Together", "The tide turns", "We sail at 100 % steam", "Unheard of", "The ferry sails at dawn",
    ]  # fmt: skip
    assert contents(reader, limit=2) == ["Together", "The tide turns"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"speaker_key": name_key("Ilvane Morrec")}, ["Together", "We sail at 100 % steam", "The ferry sails at dawn"]),
        ({"speaker_key": name_key("Morrec")},
         ["Together", "The tide turns", "We sail at 100 % steam", "The ferry sails at dawn"]),
        ({"speaker_key": name_key("Tomas Veles")}, ["Together"]),
        ({"speaker_key": "nobody"}, []),
        ({"speaker": "ILVANE MORREC"}, ["Together", "We sail at 100 % steam", "The ferry sails at dawn"]),
        ({"speaker": "morrec", "limit": 2}, ["Together", "The tide turns"]),
        ({"speaker": "%"}, []),
        ({"speaker_key": name_key("Morrec"), "outlet": "HILL gazette"}, ["The tide turns"]),
        ({"since": NOON + timedelta(days=1)}, ["Together", "The tide turns"]),
        ({"since": NOON, "until": NOON + timedelta(days=1)},
         ["We sail at 100 % steam", "Unheard of", "The ferry sails at dawn"]),
        ({"kind": "mixed"}, ["The tide turns"]),
        ({"min_confidence": 0.5, "words": "T"}, ["Together", "We sail at 100 % steam", "The ferry sails at dawn"]),
        ({"words": "100 %"}, ["We sail at 100 % steam"]),
        ({"words": "1__"}, []),
    ],
)  # fmt: skip
def test_quotes_are_narrowed_by(reader: psycopg.Connection[Any], wanted: dict[str, Any], expected: list[str]) -> None:
    assert contents(reader, **wanted) == expected


@pytest.mark.parametrize("wanted", [{}, {"speaker_key": name_key("Morrec")}], ids=["all", "of a speaker"])
async def test_a_limit_takes_the_quotations_of_an_article_in_their_order(
    handler: StoreHandler, postgres_dsn: str, wanted: dict[str, Any]
) -> None:
    words = [f"Word {number}" for number in range(6)]
    await store(handler, article_quoting("n1", 0, "Harbour Post", *[(one, "Ilvane Morrec") for one in words]))
    with psycopg.connect(postgres_dsn) as connection:
        assert contents(connection, limit=3, **wanted) == words[:3]


def test_a_joint_statement_keeps_all_its_speakers(reader: psycopg.Connection[Any]) -> None:
    (row,) = quotes(reader, QuoteFilter(speaker_key=name_key("Tomáš Veleš")))
    assert row.speakers == ["Ilvane Morrec", "Tomáš Veleš"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["n3", "n2", "n1", "n4"]),
        ({"about_key": name_key("Oskar Morrec")}, ["n2"]),
        ({"about": "OSKAR MORREC"}, ["n2"]),
        ({"about_key": name_key("Morrec")}, ["n3", "n2", "n1", "n4"]),
        ({"about": "morrec"}, ["n3", "n2", "n1", "n4"]),
        ({"about": "%"}, []),
        ({"words": "title OF n1"}, ["n1"]),
        ({"words": "tide"}, ["n2"]),
        ({"outlet": "harbour post", "limit": 1}, ["n3"]),
        ({"since": NOON + timedelta(days=3)}, []),
    ],
)
def test_articles_are_narrowed_by(reader: psycopg.Connection[Any], wanted: dict[str, Any], expected: list[str]) -> None:
    assert [row.article_id for row in articles(reader, ArticleFilter(**wanted))] == expected


def test_articles_have_counts_of_quotations_and_entities(reader: psycopg.Connection[Any]) -> None:
    (row,) = articles(reader, ArticleFilter(words="100 %", with_text=True))
    assert (row.quotes, row.entities, row.title) == (2, 1, "Title of n1")
    assert row.text is not None
    assert row.text.startswith('"We sail')


def test_a_speaker_is_found_by_an_index(reader: psycopg.Connection[Any]) -> None:
    """Sequential scans are off: the plan must not depend on the number of rows in a test."""
    reader.execute("SET enable_seqscan = off")
    for condition in ("name_key = 'x'", "split_part(name_key, ' ', -1) = 'x'"):
        plan = reader.execute(
            f"EXPLAIN SELECT quote_id FROM news.speakers_current WHERE {condition} AND news_time > now()".encode()
        ).fetchall()
        assert "speakers_by_" in str(plan)


def test_articles_about_somebody_are_found_by_an_index(reader: psycopg.Connection[Any]) -> None:
    reader.execute("SET enable_seqscan = off")
    plan = reader.execute(
        "EXPLAIN SELECT article_id FROM news.mentions WHERE name_key = 'x' OR split_part(name_key, ' ', -1) = 'x'"
    ).fetchall()
    assert "entities_by_name" in str(plan)
    assert "entities_by_surname" in str(plan)


def test_the_reader_may_read_views_and_nothing_else(reader: psycopg.Connection[Any]) -> None:
    for statement in (
        "SELECT FROM news.articles",
        "DELETE FROM news.articles_current",
        "SELECT FROM news.dead_letters",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(statement.encode())
        reader.rollback()
        reader.execute("SET ROLE quotewire_reader")


def run_verb(dsn: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setenv("QUOTEWIRE_POSTGRES__DSN", dsn)
    return run(arguments)


def test_quotes_as_json_csv_and_table(
    filled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_verb(filled, monkeypatch, "quotes", "--speaker", "Tomas Veleš", "--format", "json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["content"], row["speakers"]) == ('"Together"', ["Ilvane Morrec", "Tomáš Veleš"])
    assert row["published_at"] == "2026-03-04T12:00:00Z"

    assert run_verb(filled, monkeypatch, "quotes", "--speaker", "Morrec", "--format", "csv", "--limit", "3") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["content"] for row in rows] == ['"Together"', '"The tide turns"', '"We sail at 100 % steam"']

    assert run_verb(filled, monkeypatch, "quotes", "--until", "2026-03-02") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:3] for line in lines[1:3]] == [
        ["2026-03-02", "Ilvane", "Morrec"],
        ["2026-03-02", "?", '"Unheard'],
    ]


def test_articles_as_json_csv_and_table(
    filled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_verb(filled, monkeypatch, "articles", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["article_id"] for row in rows] == ["n3", "n2", "n1", "n4"]
    assert "text" not in rows[0]
    assert run_verb(filled, monkeypatch, "articles", "--text", "--format", "json", "--limit", "1") == 0
    assert json.loads(capsys.readouterr().out)[0]["text"].startswith('"Together"')
    assert run_verb(filled, monkeypatch, "articles", "--about", "Oskar Morrec", "--format", "csv") == 0
    assert [row["quotes"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))] == ["1"]
    assert run_verb(filled, monkeypatch, "articles", "--outlet", "Hill Gazette") == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:3] == ["2026-03-03", "Hill", "Gazette"]


def test_nothing_found_is_a_message_and_no_error(
    filled: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_verb(filled, monkeypatch, "quotes", "--speaker", "Nobody Atall") == 0
    assert capsys.readouterr() == ("", "no stored quotation matches; try fewer options\n")
    assert run_verb(filled, monkeypatch, "quotes", "--speaker", "Nobody Atall", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["quotes", "--since", "soon"], 2, "quotewire: Invalid value for '--since': 'soon': write 2026-03-01, "),
        (["articles", "--limit", "0"], 2, "quotewire: "),
    ],
)
def test_what_is_wrong_is_one_line(
    filled: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    line: str,
) -> None:
    assert run_verb(filled, monkeypatch, *arguments) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(line)


def test_a_database_without_tables_or_an_absent_one_is_one_line(
    empty_postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_verb(empty_postgres_dsn, monkeypatch, "quotes") == 1
    assert capsys.readouterr().err == "quotewire: the database holds no tables of ours yet: run `quotewire migrate`\n"
    assert run_verb("postgresql://u:secret@127.0.0.1:1/x", monkeypatch, "articles") == 3
    err = capsys.readouterr().err
    assert err.startswith("quotewire: PostgreSQL does not answer: ")
    assert err.count("\n") == 1
    assert "secret" not in err


def test_migrate_says_what_it_did(
    empty_postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_verb(empty_postgres_dsn, monkeypatch, "migrate") == 0
    assert "news: 0001_articles, 0002_views, 0003_questions" in capsys.readouterr().out
    assert run_verb(empty_postgres_dsn, monkeypatch, "migrate") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "news: up to date"
