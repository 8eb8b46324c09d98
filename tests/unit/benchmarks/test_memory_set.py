"""The invented articles that the linker is scored on: the files agree with each other."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[3] / "benchmarks" / "quality" / "memory"


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


ARTICLES = {row["id"]: row for row in rows("articles")}
PEOPLE = {row["person"] for row in rows("people")}
QUOTATIONS = rows("quotations")


def half(article: str) -> str:
    return str(ARTICLES[article]["half"])


def of(article: str) -> list[dict[str, Any]]:
    return [row for row in QUOTATIONS if row["article"] == article]


def test_every_form_and_every_stretch_stands_in_its_article() -> None:
    for row in rows("mentions"):
        article = ARTICLES[row["article"]]
        assert row["form"] in f"{article['title']}\n{article['text']}"
        assert row["person"] is None or row["person"] in PEOPLE
    for row in QUOTATIONS:
        text = ARTICLES[row["article"]]["text"]
        assert all(stretch in text for stretch in row["content"])
        assert row["source"] is None or row["source"] in text
        assert row["speaker"] is None or row["speaker"] in PEOPLE


def test_no_story_no_person_and_no_statement_is_in_both_halves() -> None:
    found: dict[tuple[str, str], set[str]] = {}
    for article in ARTICLES.values():
        found.setdefault(("story", article["story"]), set()).add(article["half"])
    for row in rows("mentions"):
        if row["person"]:
            found.setdefault(("person", row["person"]), set()).add(half(row["article"]))
    for row in QUOTATIONS:
        found.setdefault(("statement", row["statement"]), set()).add(half(row["article"]))
    assert [key for key, halves in found.items() if len(halves) > 1] == []


def test_reprints_are_of_an_article_of_their_story() -> None:
    reprints = [article for article in ARTICLES.values() if article["reprint_of"]]
    assert len(reprints) == 17
    assert all(ARTICLES[one["reprint_of"]]["story"] == one["story"] for one in reprints)


def test_near_misses_are_of_two_statements_of_one_half() -> None:
    for row in rows("near_misses"):
        (first, one), (second, other) = row["a"], row["b"]
        assert half(first) == half(second)
        assert of(first)[one]["statement"] != of(second)[other]["statement"]


def test_the_scored_half_is_large_enough() -> None:
    scored = [row["statement"] for row in QUOTATIONS if half(row["article"]) == "scored"]
    positive = sum(len(list(combinations(range(count), 2))) for count in Counter(scored).values())
    near = [row for row in rows("near_misses") if half(row["a"][0]) == "scored"]
    mentions = [row for row in rows("mentions") if row.get("trap") and half(row["article"]) == "scored"]
    assert (positive, len(near), len(mentions)) == (398, 235, 354)
