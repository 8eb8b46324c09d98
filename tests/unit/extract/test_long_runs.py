import time

import pytest
import spacy
from spacy.language import Language

from quotewire_extract.long_runs import MAX_RUN, MAX_SIGNS, LongRunTokenizer, without_long_runs

ORDINARY = (
    "“We aren't leaving,” Ana Ruiz-Lind said (on Monday).\n\n  See https://harbour-post.example/a/b-c?d=1&e=2#f … "
    + "-" * 80
    + "\nDon't."
)


@pytest.fixture(scope="module")
def english() -> Language:
    return spacy.blank("en")


def test_ordinary_text_has_the_tokens_of_spacy(english: Language) -> None:
    doc = without_long_runs(english.tokenizer)(ORDINARY)
    assert [(token.text, token.whitespace_) for token in doc] == [
        (token.text, token.whitespace_) for token in english.tokenizer(ORDINARY)
    ]


@pytest.mark.parametrize("run", ['"' * 1000, "a" * 1000, "a." * 500, "新闻" * 400, "-" * (MAX_SIGNS + 1)])
@pytest.mark.parametrize("around", ["{}", "He left. {} She stayed.", "{} She", "He\n{}\nShe", "a  {}  b", "{} {}"])
def test_the_text_and_the_words_around_a_long_run_stay(english: Language, run: str, around: str) -> None:
    text = around.replace("{}", run)
    doc = without_long_runs(english.tokenizer)(text)
    assert doc.text == text
    assert [text[token.idx : token.idx + len(token)] for token in doc] == [token.text for token in doc]
    for word in around.replace("{}", " ").replace(".", " ").split():
        assert word in [token.text for token in doc]


def test_a_long_run_becomes_words_and_single_signs(english: Language) -> None:
    words = [token.text for token in without_long_runs(english.tokenizer)("ab, " + "cd!" * MAX_RUN)]
    assert words == ["ab", ",", *["cd", "!"] * MAX_RUN]


def test_100_000_marks_take_no_time_that_matters(english: Language) -> None:
    began = time.process_time()
    assert len(without_long_runs(english.tokenizer)('"' * 100_000)) == 100_000
    assert time.process_time() - began < 10


def test_other_tokenizers_stay() -> None:
    chinese = spacy.blank("zh").tokenizer
    assert without_long_runs(chinese) is chinese
    assert isinstance(without_long_runs(spacy.blank("de").tokenizer), LongRunTokenizer)
