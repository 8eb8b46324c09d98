"""What the extractor leaves out of an article is taken from the page."""

import pytest

from kit.pages import html, parse

PARAGRAPHS = [
    "The mill at Tarnholt will close in June, its owner Ada Brickell told the workers on Tuesday morning.",
    "“I have looked at every number twice, and none of them lets us go on,” Brickell said in the yard.",
    "Some 140 people work at the mill, which has made paper for banknotes since the time of her grandfather.",
    "The union asked the ministry for a loan in March, but the ministry has not answered the letter yet.",
    "Jon Halvard, who has run the drying hall for thirty years, said that he would not look for other work.",
    "A buyer from the coast visited the mill in autumn and left without an offer, according to two managers.",
    "The town council called a special meeting for Thursday evening, the first since the flood of 2011.",
    "“Without the mill there is no bus, and without the bus there is no school,” said the mayor, Ruth Anders.",
]
HEADLINE = "<h1>Mill at Tarnholt closes</h1>"
SLOT = "<div class='ad'></div>"


def page(inner: str) -> str:
    return html(paragraphs=[]).replace("<article></article>", inner)


def p(first: int = 0, end: int | None = None, attributes: str = "") -> str:
    return "".join(f"<p{attributes}>{text}</p>" for text in PARAGRAPHS[first:end])


@pytest.mark.parametrize("name", ["article-body", "entry-content", "post-content", "story-body", "c-text"])
@pytest.mark.parametrize("cut", [1, 4, 7])
def test_a_body_in_two_containers_of_one_class(name: str, cut: int) -> None:
    inner = f"<div class='{name}'>{p(0, cut)}</div>{SLOT}<div class='{name}'>{p(cut)}</div>"
    assert parse(page(f"<article>{HEADLINE}{inner}</article>")).text.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "inner",
    [
        f"<main>{HEADLINE}<article>{p(0, 4)}</article>{SLOT}<article>{p(4)}</article></main>",
        f"<main>{HEADLINE}<div itemprop='articleBody'>{p(0, 4)}</div><div itemprop='articleBody'>{p(4)}</div></main>",
        f"<div class='row'><div class='col-1'>{HEADLINE}{p(0, 4)}</div><div class='col-2'>{p(4)}</div></div>",
        f"<div>{HEADLINE}<div class='intro-text'>{p(0, 2)}</div><div class='entry-content'>{p(2)}</div></div>",
    ],
)
def test_a_body_in_containers_of_other_kinds(inner: str) -> None:
    assert parse(page(inner)).text.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "inner",
    [
        f"<section>{HEADLINE}<p class='lead'>{PARAGRAPHS[0]}</p></section><main><article>{p(1)}</article></main>",
        f"<div>{HEADLINE}</div><div class='col'>{p(0, 1)}</div><main><article>{p(1)}</article></main>",
        f"<div>{HEADLINE}<div class='lede'>{PARAGRAPHS[0]}</div></div><main><article>{p(1)}</article></main>",
        f"<div id='a'>{HEADLINE}{p(0, 2)}</div>{SLOT}<div class='article-body'>{p(2)}</div>",
    ],
)
def test_paragraphs_before_the_main_element(inner: str) -> None:
    assert parse(page(inner)).text.split("\n") == PARAGRAPHS


@pytest.mark.parametrize(
    "hiding",
    [
        "aria-hidden='true'", "style='display:none'", "style='display: none'", "hidden", "class='is-hidden'",
        "style='visibility:hidden'", "id='more' style='display:none'", "style='max-height:0;overflow:hidden'",
    ],
)  # fmt: skip
def test_paragraphs_that_a_script_shows(hiding: str) -> None:
    whole = f"<article>{HEADLINE}{p(0, 3)}<a href='#'>Read more</a><div {hiding}>{p(3)}</div></article>"
    assert parse(page(whole)).text.split("\n") == PARAGRAPHS
    each = f"<article>{HEADLINE}{p(0, 3)}{p(3, 5, ' ' + hiding)}{p(5)}</article>"
    assert parse(page(each)).text.split("\n") == PARAGRAPHS


def test_a_hidden_copy_of_a_paragraph_is_not_taken_again() -> None:
    copy = f"<div style='display:none'>{p(0, 2)}</div>"
    assert parse(page(f"<article>{HEADLINE}{p()}{copy}</article>")).text.split("\n") == PARAGRAPHS


OTHER = "The bridge at Ostervik opens again on Friday after two years of works, the county announced on Monday."


@pytest.mark.parametrize(
    "block",
    [
        f"<aside><p>{OTHER}</p></aside>",
        f"<div class='related-articles'><p>{OTHER}</p></div>",
        f"<footer><p>{OTHER}</p></footer>",
        f"<p style='display:none'><a href='/bridge'>{OTHER}</a></p>",
        f"<div class='teaser'><h3>Bridge opens</h3><p>{OTHER}</p></div>",
    ],
)
def test_paragraphs_of_something_else_are_not_taken(block: str) -> None:
    assert parse(page(f"<article>{HEADLINE}{p()}</article>{block}")).text.split("\n") == PARAGRAPHS
    assert parse(page(f"<article>{HEADLINE}{p(0, 4)}{block}{p(4)}</article>")).text.split("\n") == PARAGRAPHS


def test_a_paragraph_beside_the_article_that_is_not_taken_is_known() -> None:
    box = f"<div class='newsletter-box'><div><p>{OTHER}</p></div></div>"
    parsed = parse(page(f"<article>{HEADLINE}{p(0, 4)}{box}{p(4)}</article>"))
    assert [(entry.reason, entry.text) for entry in parsed.dropped if entry.reason == "not_taken"] == [
        ("not_taken", OTHER)
    ]
