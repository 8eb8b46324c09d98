"""Words for screen readers are no part of a sentence."""

import pytest

from kit.pages import PARAGRAPHS, html, parse

REST = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[1:])
SENTENCE = "The council said in a statement that it would not pay for the new pier at all."


def first_line(paragraph: str) -> str:
    return str(
        parse(html(paragraphs=[]).replace("<article>", f"<article><p>{paragraph}</p>{REST}")).text.split("\n")[0]
    )


@pytest.mark.parametrize(
    "note",
    [
        "<span class='visually-hidden'> (opens in new window)</span>",
        "<span class='sr-only'>external</span>",
        "<span>, opens new tab</span>",
        "<span style='border:0;clip:rect(0 0 0 0);height:1px;width:1px'>, opens in a new tab</span>",
        "<span style='position:absolute;left:-9999px'>link to another site</span>",
        " (opens in a new window)",
        ", opens external link in new tab",
        "<span> (öffnet in neuem Fenster)</span>",
        "<span> (s’ouvre dans un nouvel onglet)</span>",
        "<span> (se abre en una nueva ventana)</span>",
    ],
)
def test_what_a_link_says_about_itself_is_taken_out(note: str) -> None:
    paragraph = SENTENCE.replace("said in a statement", f"<a href='/statement'>said in a statement{note}</a>")
    assert first_line(paragraph) == SENTENCE


def test_a_note_behind_a_link_is_taken_out() -> None:
    paragraph = SENTENCE.replace("statement", "<a href='/statement'>statement</a><span> (opens in new tab)</span>")
    assert first_line(paragraph) == SENTENCE


def test_a_sentence_about_windows_stays() -> None:
    paragraph = (
        "The baker <a href='/baker'>opens in a new window of the arcade</a>, said Morrec, who passed it on Monday."
    )
    assert first_line(paragraph) == (
        "The baker opens in a new window of the arcade, said Morrec, who passed it on Monday."
    )


def test_the_spoken_half_of_a_pair_stays() -> None:
    paragraph = "<span aria-hidden='true'>T</span><span class='sr-only'>T</span>" + SENTENCE[1:]
    assert first_line(paragraph) == SENTENCE
