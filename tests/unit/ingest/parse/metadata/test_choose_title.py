"""The title that a reader sees."""

import pytest

from kit.pages import NEWS, html, parse

_TITLE = "Ferry to Oststrand late again"
_SITE = '<meta property="og:site_name" content="Harbour Post">'


def og(title: str) -> str:
    """A meta element with the title; marks of HTML in it are escaped as in an attribute."""
    escaped = title.replace("&", "&amp;").replace("<", "&lt;")
    return f'<meta property="og:title" content="{escaped}">'


@pytest.mark.parametrize(
    "title",
    [
        "Ferry to <em>Oststrand</em> late again",
        "<p>Ferry to Oststrand late again</p>",
        "Ferry to<br/>Oststrand late again",
        "Ferry to &lt;i&gt;Oststrand&lt;/i&gt; late again",
        "Ferry to&nbsp;Oststrand late again",
        "Ferry to Ost\u00adstrand late\u200b again\ufeff",
        "\u202bFerry to Oststrand late again\u200e",
        "Ferry to Ost&shy;strand late again",
    ],
)
def test_markup_and_hidden_characters_are_taken_out(title: str) -> None:
    assert parse(html(og(title))).title == _TITLE
    assert parse(html(json_ld={**NEWS, "headline": title})).title == _TITLE


@pytest.mark.parametrize(
    "title",
    ["A guide to the <head> element", "Ferries <3 piers", "AT&T; or not", "نمی\u200cخواهم بروم", "Piers 👩\u200d🚒"],
)
def test_what_only_resembles_markup_stays(title: str) -> None:
    assert parse(html(og(title))).title == title


@pytest.mark.parametrize("ending", ["…", "...", " …"])
def test_a_title_that_is_cut_off_is_taken_in_full(ending: str) -> None:
    page = html(og(_TITLE), json_ld={**NEWS, "headline": f"Ferry to Oststrand{ending}"})
    assert parse(page).title == _TITLE


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f"<title>{_TITLE} | Harbour Post</title>", f"<h1>News</h1><h2>{_TITLE}</h2>"),
        ("<title>Harbour Post</title>", f"<h1><a href='/'>Harbour Post</a></h1><h2 class='headline'>{_TITLE}</h2>"),
        (f"<title>Harbour Post</title>{_SITE}", f"<a href='/'><h1>Harbour Post</h1></a><h1>{_TITLE}</h1>"),
        (f"<title>{_TITLE}</title>", f"<h1>Harbour Post</h1><h1>News</h1><h3>{_TITLE}</h3>"),
        (f"<title>{_TITLE} | News | Harbour Post</title>{_SITE}", ""),
        (f"<title>Harbour Post | Local News | {_TITLE}</title>{_SITE}", ""),
        (f"<title>Opinion | {_TITLE} | Harbour Post</title>{_SITE}", ""),
        (f"<title>{_TITLE} | Harbour Post News</title>{_SITE}", ""),
        (f"<title>{_TITLE} – The Harbour Post</title>", "<a href='/'>The Harbour Post</a>"),
    ],
)
def test_a_logo_or_a_section_is_no_title(head: str, body: str) -> None:
    assert parse(html(head, body), url="https://www.post.example/news/1").title == _TITLE


def test_a_short_part_that_may_be_the_headline_s_stays() -> None:
    head = f"<title>Ferry talks | what we know so far | Harbour Post</title>{_SITE}"
    assert parse(html(head)).title == "Ferry talks | what we know so far"
