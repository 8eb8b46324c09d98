"""Readers' comments are no text; an opinion piece in a wrapper called "comment" is."""

import pytest

from kit.pages import PARAGRAPHS, html, parse

PIECE = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
FIRST = "<b>gullwatcher</b><p>They never cared about those of us who live out here, and they never will.</p>"
SECOND = "<b>Old Salt</b><p>Why should my taxes pay for a pier that nobody but the council has asked for?</p>"
THREAD = f"<div class='c'>{FIRST}</div><div class='c'>{SECOND}</div>"


@pytest.mark.parametrize(
    "comments",
    [
        f"<div class='discussion'><p>2 comments</p>{THREAD}</div>",
        f"<section aria-label='Comments'>{THREAD}</section>",
        f"<div id='disqus-area'>{THREAD}</div>",
        f"<div class='leserkommentare'>{THREAD}</div>",
        f"<h3>Comments (2)</h3>{THREAD}",
        f"<h4>2 responses to “Ferry late again”</h4><ol><li>{FIRST}</li><li>{SECOND}</li></ol>",
        f"<div><h3>Kommentare</h3></div><div>{THREAD}</div>",
        f"<article class='comment'>{FIRST}<a>Reply</a></article>",
        f"<div class='reader-conversation'><div>{FIRST}<button>Reply</button></div></div>",
        f"<div itemprop='comment' itemtype='https://schema.org/Comment'>{FIRST}</div>",
        "<h3>Comments</h3><p><b>gullwatcher:</b> They never cared about those of us who live out here.</p>"
        "<p><b>Old Salt:</b> Why should my taxes pay for a pier that nobody has asked for?</p>",
    ],
)
def test_comments_are_no_text(comments: str) -> None:
    assert parse(html().replace("</article>", f"{comments}</article>")).text.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "name", ["comment", "comment-piece", "commentisfree", "comments-open single-post", "Comment", "discussion-paper"]
)
def test_a_wrapper_called_comment_is_the_article(name: str) -> None:
    page = html(paragraphs=[]).replace("<article>", f"<article><h1>Ferry late</h1><div class='{name}'>{PIECE}</div>")
    assert parse(page).text.split("\n") == PARAGRAPHS


def test_comments_inside_such_a_wrapper_are_removed() -> None:
    inner = f"<h1>Ferry late</h1>{PIECE}<div id='comments'>{THREAD}</div>"
    page = html(paragraphs=[]).replace("<article>", f"<article><div class='comment'>{inner}</div>")
    assert parse(page).text.split("\n") == PARAGRAPHS


def test_the_number_of_comments_over_an_article_is_no_thread() -> None:
    page = html(paragraphs=[]).replace(
        "<article>", f"<article><div><span>12 comments</span></div><div><span>2 hours ago</span>{PIECE}</div>"
    )
    assert parse(page).text.split("\n")[-4:] == PARAGRAPHS


def test_an_interview_in_a_wrapper_called_conversation_stays() -> None:
    questions = [
        "<p><b>And the pier?</b> It was closed on Monday, and nobody had told us that it would be closed.</p>"
    ] * 2
    page = html(paragraphs=[]).replace(
        "<article>", f"<article><div class='conversation'>{PIECE}{''.join(questions)}</div>"
    )
    assert parse(page).text.split("\n")[:4] == PARAGRAPHS
