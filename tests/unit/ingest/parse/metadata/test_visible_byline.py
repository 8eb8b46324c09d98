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
