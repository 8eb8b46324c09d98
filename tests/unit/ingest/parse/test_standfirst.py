"""The summary between headline and text."""

from kit.pages import PARAGRAPHS, html, parse

STANDFIRST = "Passengers wait in the rain, the new pier is closed, and nobody in the council answers the telephone."


def test_a_standfirst_outside_the_article_is_part_of_the_text() -> None:
    head = f'<meta property="og:description" content="{STANDFIRST[:90]}…">'
    page = html(head).replace("<article>", f"<header><h1>Ferry late</h1><div>{STANDFIRST}</div></header><article>")
    assert parse(page).text.split("\n") == [STANDFIRST, *PARAGRAPHS]


def test_a_description_that_is_not_shown_is_no_standfirst() -> None:
    assert parse(html(f'<meta property="og:description" content="{STANDFIRST}">')).text.split("\n") == PARAGRAPHS


def test_a_standfirst_inside_the_text_is_not_doubled() -> None:
    head = f'<meta name="description" content="{PARAGRAPHS[0]}">'
    assert parse(html(head)).text.split("\n") == PARAGRAPHS
