"""Words in inline elements stay in their sentence."""

import time

import pytest
from lxml.html import document_fromstring

from kit.pages import PARAGRAPHS, html, parse
from quotewire_ingest.parse.body.inline_words import keep_inline_words

REST = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[1:])


def first_line(paragraph: str, language: str = "en") -> str:
    page = html(paragraphs=[]).replace("<article>", f"<article><p>{paragraph}</p>{REST}")
    return str(parse(page.replace('lang="en"', f'lang="{language}"')).text.split("\n")[0])


@pytest.mark.parametrize(
    "tag", ["time", "label", "output", "button", "noindex", "cite", "mark", "abbr", "small", "data"]
)
def test_an_inline_element_keeps_its_words(tag: str) -> None:
    assert first_line(f"The last boat leaves <{tag}>on 30 March</{tag}> with Ilvane Morrec, the harbour master.") == (
        "The last boat leaves on 30 March with Ilvane Morrec, the harbour master."
    )


def test_a_button_behind_a_sentence_is_no_part_of_it() -> None:
    assert first_line("The last boat leaves in March, said Morrec. <button>Copy</button>") == (
        "The last boat leaves in March, said Morrec."
    )


def test_a_date_line_is_no_sentence() -> None:
    dated = "<p>Published <time datetime='2026-03-02'>2 March 2026</time></p>"
    assert parse(html(body=dated)).text.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Morrec said “the island must wait” and left the room without another word."),
        ("de", "Morrec said „the island must wait“ and left the room without another word."),
        ("fr", "Morrec said «the island must wait» and left the room without another word."),
    ],
)
def test_a_quotation_has_the_marks_of_its_language(language: str, words: str) -> None:
    paragraph = "Morrec said <q>the island must wait</q> and left the room without another word."
    assert first_line(paragraph, language) == words


def test_a_quotation_inside_another_has_single_marks() -> None:
    paragraph = "Morrec said <q>they told me <q>go home</q> and shut it</q> before she left the room for good."
    assert (
        first_line(paragraph) == "Morrec said “they told me ‘go home’ and shut it” before she left the room for good."
    )


def test_written_marks_are_not_doubled() -> None:
    paragraph = "Morrec said <q>“the island must wait”</q> and left the room without another word to the press."
    assert first_line(paragraph) == (
        "Morrec said “the island must wait” and left the room without another word to the press."
    )


def test_a_quotation_that_is_a_block_is_a_line() -> None:
    page = html(paragraphs=PARAGRAPHS[:2]).replace(
        "</article>", f"<div><q>We were not asked, and we will not forget it soon.</q></div>{REST}</article>"
    )
    assert "“We were not asked, and we will not forget it soon.”" in parse(page).text.split("\n")


@pytest.mark.parametrize("letter", ["T", "“T"])
def test_a_first_letter_in_an_element_of_its_own_belongs_to_the_paragraph(letter: str) -> None:
    page = html(paragraphs=[]).replace(
        "<article>", f"<article><div class='initial'>{letter}</div><p>{PARAGRAPHS[0][1:]}</p>{REST}"
    )
    assert parse(page).text.split("\n")[0] == letter + PARAGRAPHS[0][1:]


def test_thousands_of_empty_elements_side_by_side_are_gone_through_once() -> None:
    tree = document_fromstring("<html><body>" + "<p>x</p><!-- y -->" * 20_000 + "</body></html>")
    began = time.thread_time()

    keep_inline_words(tree, "en")

    assert time.thread_time() - began < 2
