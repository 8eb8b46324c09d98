"""The answers of the pipeline change only with the release."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from kit import golden
from kit.golden import Answer, GoldenAnswers, find_problem
from quotewire_extract.pipeline import Pipelines
from quotewire_extract.release import ANNOTATOR_RELEASE


@pytest.fixture(scope="session")
def found(pipelines: Pipelines) -> GoldenAnswers:
    return golden.find_answers(pipelines)


def test_the_answers_are_those_of_the_release(found: GoldenAnswers) -> None:
    assert found.release == ANNOTATOR_RELEASE
    problem = find_problem(golden.load(), found)
    assert problem is None, problem


def test_every_kind_of_answer_is_in_the_golden_articles(found: GoldenAnswers) -> None:
    answers = [answer for article in found.articles.values() for answer in article.answers]
    quotations = [answer["quotation"] for answer in answers if "quotation" in answer]
    speakers = [speaker for one in quotations for speaker in one["speakers"]]
    assert {one["kind"] for one in quotations} == {"direct", "indirect", "mixed"}
    assert {one["kind"] for one in speakers} >= {"person", "organisation", "group", "unnamed"}
    assert {one["text"] for one in speakers} & {"he", "she", "He", "She"}
    assert any(len(one["speakers"]) > 1 for one in quotations)
    assert any("parent_quote_id" in one for one in quotations)
    assert any(len(one["content_spans"]) > 1 for one in quotations)


def changed(answers: GoldenAnswers, **values: object) -> GoldenAnswers:
    """The answers with other values in the first quotation of the first article."""
    name, article = next(iter(answers.articles.items()))
    records: list[Answer] = copy.deepcopy(article.answers)
    next(one for one in records if "quotation" in one)["quotation"].update(values)
    return replace(answers, articles={**answers.articles, name: replace(article, answers=records)})


def test_another_answer_under_the_same_release_is_a_problem_that_says_what_to_do(found: GoldenAnswers) -> None:
    problem = find_problem(found, changed(found, kind="mixed-up"))
    assert problem is not None
    assert "raise ANNOTATOR_RELEASE in services/extract/quotewire_extract/release.py, run `make golden`" in problem
    assert f'{next(iter(found.articles))}: + {{"quotation": ' in problem
    assert "mixed-up" in problem
    lost = {name: replace(one, answers=one.answers[1:]) for name, one in found.articles.items()}
    assert find_problem(found, replace(found, articles=lost)) is not None


def test_a_raised_release_asks_for_its_answers_only(found: GoldenAnswers) -> None:
    raised = replace(changed(found, kind="mixed-up"), release=found.release + 1)
    problem = find_problem(found, raised)
    assert problem is not None
    assert problem.endswith("run `make golden`, and commit the file.")
    assert find_problem(raised, raised) is None


@pytest.mark.parametrize(("by", "is_problem"), [(0.004, False), (0.1, True)])
def test_the_last_digit_of_a_confidence_is_no_answer(found: GoldenAnswers, by: float, is_problem: bool) -> None:
    before, after = (changed(found, confidence=value) for value in (0.5, 0.5 + by))
    assert (find_problem(before, after) is not None) == is_problem


def test_the_answers_to_another_text_may_differ(found: GoldenAnswers) -> None:
    name, article = next(iter(found.articles.items()))
    edited = replace(found, articles={**found.articles, name: replace(article, text_hash="another", answers=[])})
    problem = find_problem(found, edited)
    assert problem is not None
    assert problem.endswith("run `make golden`, and commit the file.")


def test_the_command_writes_what_it_reads_and_no_changed_answer_of_the_same_release(
    found: GoldenAnswers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.jsonl"
    monkeypatch.setattr(golden, "FILE", file)
    monkeypatch.setattr(golden, "find_answers", lambda pipelines: found)
    assert golden.main() == 0
    assert golden.load() == found
    written = file.read_bytes()
    assert golden.main() == 0
    golden.save(changed(found, kind="mixed-up"))
    assert golden.main() == 1
    assert "raise ANNOTATOR_RELEASE" in capsys.readouterr().err
    monkeypatch.setattr(golden, "find_answers", lambda pipelines: replace(found, release=found.release + 1))
    assert golden.main() == 0
    assert golden.load().release == found.release + 1
    assert written != file.read_bytes()
