"""Score who said what in our own marked articles, with a floor. The unseen half is scored, its errors are not shown."""

from __future__ import annotations

import pytest
import spacy
from spacy.language import Language
from who_said_it.articles import HALVES, MarkupError, _unmark, load, mention_type
from who_said_it.scoring import nearest_person, pipeline_given, pipeline_whole, score

SEEN_FLOOR, UNSEEN_FLOOR, WHOLE_FLOOR = 0.97, 0.92, 0.82
"""Least share of right names given the quotation, and end to end. Measured values: docs/quotations.md."""


@pytest.fixture(scope="module")
def nlp() -> Language:
    return spacy.load("en_wire")


def test_there_are_sixty_articles_thirty_of_them_unseen() -> None:
    seen, unseen = load("seen"), load("unseen")
    assert len(seen) + len(unseen) >= 60
    assert len(unseen) == 30
    assert len({article.id for article in seen + unseen}) == len(seen) + len(unseen)


@pytest.mark.parametrize("half", HALVES)
def test_every_marked_span_is_inside_its_text(half: str) -> None:
    for article in load(half):
        assert "{" not in article.text
        assert "}" not in article.text
        for one in article.quotations:
            for start, end in one.content + one.cue + one.speaker:
                assert article.text[start:end].strip(), (article.id, one.number)
            assert mention_type(article, one) in {"name", "surname", "pronoun", "description", "none"}


def test_the_markup_gives_offsets_and_errors_have_a_message() -> None:
    text, quotations = _unmark("x", "{s1 Ana} {u1 said}: {c1 it {c2 rains}}.")
    assert text == "Ana said: it rains."
    assert [text[slice(*span)] for span in quotations[1].content + quotations[2].content] == ["it rains", "rains"]
    with pytest.raises(MarkupError, match="not closed"):
        _unmark("x", "{c1 it rains")
    with pytest.raises(MarkupError, match="closes nothing"):
        _unmark("x", "it rains}")


@pytest.mark.parametrize(("half", "floor"), [("seen", SEEN_FLOOR), ("unseen", UNSEEN_FLOOR)])
def test_names_are_right_given_the_quotation(nlp: Language, half: str, floor: float) -> None:
    articles = load(half)
    ours = score(articles, pipeline_given(nlp, articles)).accuracy()
    baseline = score(articles, nearest_person(nlp, articles)).accuracy()
    assert ours >= floor
    assert ours > baseline + 0.2


@pytest.mark.parametrize("half", HALVES)
def test_names_are_right_end_to_end(nlp: Language, half: str) -> None:
    articles = load(half)
    assert score(articles, pipeline_whole(nlp, articles)).accuracy() >= WHOLE_FLOOR
