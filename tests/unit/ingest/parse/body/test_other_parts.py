"""What a page shows beside its article is removed where its form tells it, and the article never."""

import pytest

from kit.pages import PARAGRAPHS, html, parse

OTHER = "The bridge at Ostervik opens again on Friday after two years of works, the county announced on Monday."
HEADLINE = "<h1>Ferry late again</h1>"
CARD = f"<a href='/bridge'><div><h3>Bridge opens again</h3><p>{OTHER}</p></div></a>"


def lines(parts: str, *, inside: str = "") -> list[str]:
    page = html("<meta property='og:title' content='Ferry late again'>", body=HEADLINE)
    return list(parse(page.replace("</article>", f"{inside}</article>{parts}")).text.split("\n"))


@pytest.mark.parametrize(
    "part",
    [
        f"<article><h1>Bridge opens again</h1><p>{OTHER}</p></article>",
        f"<article><h3>More</h3><article><p>{OTHER}</p></article><article><p>{OTHER[:60]}.</p></article></article>",
        f"<ul><li>{CARD}</li></ul>",
        f"<div class='latest-news-box'><ul><li><a href='/bridge'>Bridge opens again</a> {OTHER}</li></ul></div>",
        f"<section class='Newsletter-container'><h4>{OTHER}</h4></section>",
    ],
)
def test_other_parts_are_removed(part: str) -> None:
    assert lines(part) == PARAGRAPHS


@pytest.mark.parametrize(
    "part",
    [
        f"<article><h3><a href='/bridge'>Bridge opens again</a></h3><p>{OTHER}</p></article>",
        f"<div>{CARD}</div>",
        f"<div class='read-more-box'><p>{OTHER}</p></div>",
        "<div style='display: none'><h1>Bridge</h1>"
        f"<div>2026-03-02T08:57:40+01:00</div><div>https://img.example/a.jpg</div><div>{OTHER}</div></div>",
    ],
)
def test_other_parts_inside_the_article_are_removed(part: str) -> None:
    assert lines("", inside=part) == PARAGRAPHS


@pytest.mark.parametrize("name", ["related", "newsletter-article", "promo-article", "teaser", "subscriber-content"])
def test_a_wrapper_of_the_whole_article_stays_whatever_its_name(name: str) -> None:
    inner = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = html(paragraphs=[]).replace("<article>", f"<article>{HEADLINE}<div class='{name}'>{inner}</div>")
    assert parse(page).text.split("\n") == PARAGRAPHS


def test_an_article_inside_a_link_stays() -> None:
    inner = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    page = html("<meta property='og:title' content='Ferry late again'>", paragraphs=[])
    page = page.replace("<article></article>", f"<a href='/ferry'><article>{HEADLINE}{inner}</article></a>")
    assert parse(page).text.split("\n") == PARAGRAPHS
