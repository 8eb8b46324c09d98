"""The byline that a page shows."""

import pytest

from kit.pages import html, parse


@pytest.mark.parametrize(
    ("shown", "people"),
    [
        ('<p class="article-byline">By Runa Veld, Harbour Post</p>', ["Runa Veld"]),
        ('<div class="author"><span>von</span> <b>Runa Veld</b></div>', ["Runa Veld"]),
        ('<p class="byline">AFP</p><p class="byline">By Teodor Quist</p>', []),  # the second is a teaser's
        ('<p class="author">Runa Veld</p>', []),  # may be a commentator
        ('<p class="authority">By Runa Veld</p>', []),
        ("<ul><li><b>Autorin/Autor</b> Runa Veld</li></ul>", ["Runa Veld"]),
        ("<dl><dt>Author:</dt><dd>Runa Veld</dd></dl>", ["Runa Veld"]),
        ("<p><i>By</i> <i>Harbour Post</i></p><p><i>By</i> <i>Teodor Quist</i></p>", []),
        ("<p><i>By and large</i> <i>Teodor Quist</i></p>", []),
    ],
)
def test_the_visible_byline_counts_where_the_head_names_only_the_outlet(shown: str, people: list[str]) -> None:
    head = '<meta property="og:site_name" content="Harbour Post"><meta name="author" content="Harbour Post">'
    assert parse(html(head, shown)).authors == people


_HEADLINE = "<h1>Ferry late again</h1>"


@pytest.mark.parametrize(
    "shown",
    [
        "<p>By Runa Veld</p>",
        "<p>par Runa Veld</p>",
        "<p>Posted on 1 March 2026 by Runa Veld</p>",
        "<div><b>By</b><a>Runa Veld</a></div>",
        "<div class='byline'>Runa Veld<br>Harbour correspondent</div>",
        "<p class='byline'>Runa Veld <a href='mailto:r.veld@post.example'>Email</a></p>",
        "<div class='author-info'><a href='/x'>Runa Veld</a><span>Follow</span></div>",
        "<a href='/authors/7/'>Runa Veld</a>",
        "<div><span>Runa Veld</span><span>1 March 2026</span></div>",
        "<p>Photos by Teodor Quist</p><p>By Runa Veld</p>",
    ],
)
def test_the_byline_below_the_headline_needs_no_mark_or_no_by(shown: str) -> None:
    assert parse(html(body=_HEADLINE + shown)).authors == ["Runa Veld"]


@pytest.mark.parametrize(
    "shown",
    [
        "<p>Photo: Teodor Quist</p>",
        "<p class='byline'>Edited by Teodor Quist</p>",
        "<p>By then, nobody knew it.</p>",
        "<h2>By Monday the Pier Was Closed</h2>",
        "<div class='comments'><p class='author'>Teodor Quist</p></div>",
        "<div><span>New Oststrand</span><span>1 March 2026</span></div>",
        "<p>Por sua causa, Teodor.</p>",
    ],
)
def test_other_lines_below_the_headline_name_no_author(shown: str) -> None:
    assert parse(html(body=_HEADLINE + shown)).authors == []


def test_a_byline_counts_where_the_head_names_a_login() -> None:
    head = '<meta name="author" content="webmaster"><meta name="dc.creator" content="admin">'
    assert parse(html(head, _HEADLINE + "<p>By Runa Veld</p>")).authors == ["Runa Veld"]
