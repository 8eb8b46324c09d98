"""The marked news is loaded by position from pages that lie elsewhere. The page here is invented."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from marked_news.articles import HALVES, MARKS, MarkedArticle, TextChanged, load

FIRST = "The harbour of Vessel Bay will stay closed until the ice has gone, its council decided on Monday evening."
SECOND = "“Nobody sails before April,” said the harbour master, Ilva Quarn, who had asked for the decision."
THIRD = "The council had called for a report on the ferries in autumn, and it was read out before the vote was taken."
PAGE = f"<html lang='en'><body><article><h1>Ice shuts the bay</h1><p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p></article>"
TEXT = f"{FIRST}\n{SECOND}\n{THIRD}"


def span(words: str) -> list[int]:
    return [TEXT.index(words), TEXT.index(words) + len(words)]


def marks(folder: Path, text: str = TEXT) -> Path:
    quotation = {
        "content": [span("“Nobody sails before April,”")],
        "cue": span("said"),
        "source": span("the harbour master, Ilva Quarn,"),
        "name": "Ilva Quarn",
        "type": "person",
    }
    row = {
        "url": "https://bay.example/ice", "page": "aeb/ice", "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "half": "develop", "quotations": [quotation], "acts": [span("called for a report on the ferries")],
    }  # fmt: skip
    path = folder / "marks.jsonl"
    path.write_text(json.dumps(row) + "\n", "utf-8")
    page = folder / "aeb" / "html" / "ice.html.gz"
    page.parent.mkdir(parents=True)
    page.write_bytes(gzip.compress(PAGE.encode()))
    return path


def test_positions_lead_to_the_words_that_were_marked(tmp_path: Path) -> None:
    (article,) = load(tmp_path, "develop", marks(tmp_path))
    assert isinstance(article, MarkedArticle)
    (quotation,) = article.quotations
    assert [article.text[start:end] for start, end in quotation.content] == ["“Nobody sails before April,”"]
    assert quotation.source is not None
    assert article.text[slice(*quotation.source)] == "the harbour master, Ilva Quarn,"
    assert (quotation.name, quotation.type, quotation.outer) == ("Ilva Quarn", "person", False)
    assert [article.text[start:end] for start, end in article.acts] == ["called for a report on the ferries"]


def test_an_article_of_the_other_half_is_not_loaded(tmp_path: Path) -> None:
    assert list(load(tmp_path, "scored", marks(tmp_path))) == []


def test_a_text_that_changed_is_named_and_not_scored(tmp_path: Path) -> None:
    (changed,) = load(tmp_path, None, marks(tmp_path, TEXT + "\nAnother line."))
    assert isinstance(changed, TextChanged)
    assert str(changed).startswith("https://bay.example/ice: ")


def test_a_page_that_is_missing_is_an_error(tmp_path: Path) -> None:
    path = marks(tmp_path)
    (tmp_path / "aeb" / "html" / "ice.html.gz").unlink()
    with pytest.raises(FileNotFoundError):
        list(load(tmp_path, None, path))


def test_the_marks_are_positions_in_order_and_carry_no_text() -> None:
    rows = [json.loads(line) for line in MARKS.read_text("utf-8").splitlines()]
    assert [sum(row["half"] == half for row in rows) for half in HALVES] == [40, 40]
    assert len({row["url"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) == {"url", "page", "sha256", "half", "quotations", "acts"}
        for one in row["quotations"]:
            assert set(one) <= {"content", "cue", "source", "name", "type", "outer"}
            ends = [end for stretch in one["content"] for end in stretch]
            assert ends == sorted(ends)
            assert len(ends) >= 2
