"""Which title, authors, outlet and rights a page gets, and from which source."""

from datetime import UTC, datetime

import pytest

from kit.pages import NEWS, URL, html, parse
from quotewire_ingest.hints import Hints
from quotewire_schemas.article import Precision


def test_json_ld_gives_title_author_dates_and_outlet() -> None:
    parsed = parse(html(json_ld=NEWS))
    assert parsed.title == "Ferry late again"
    assert parsed.authors == ["Runa Veld"]
    assert parsed.published_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    assert parsed.published_precision is Precision.SECOND
    assert parsed.modified_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert parsed.outlet == "Harbour Post"
    assert parsed.language == "en"
    assert {parsed.provenance[name] for name in ("title", "authors", "published_at", "outlet")} == {"json_ld"}


def test_hints_for_title_and_outlet_come_before_the_page_but_its_date_before_hints() -> None:
    hints = Hints(title="Ferry late", outlet="The Harbour Post", published_at=datetime(2026, 1, 1, tzinfo=UTC),
                    published_precision=Precision.SECOND)  # fmt: skip
    parsed = parse(html(json_ld=NEWS), hints=hints)
    assert (parsed.title, parsed.provenance["title"]) == ("Ferry late", "feed")
    assert parsed.outlet == "The Harbour Post"
    assert parsed.published_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)


def test_json_ld_with_a_graph_a_reference_and_a_trailing_comma_is_understood() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "@id": URL},
            {**NEWS, "@type": ["Article"], "author": {"@id": "#runa"}},
            {"@type": "Person", "@id": "#runa", "name": "Runa Veld"},
        ]
    }
    page = html(json_ld=graph).replace('"}]}</script>', '"},]}</script>')
    assert parse(page).authors == ["Runa Veld"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry late again | Harbour Post", "Ferry late again"),
        ("Ferry late again - Harbour-Post.Example", "Ferry late again"),
        ("Harbour Post: Ferry late again", "Harbour Post: Ferry late again"),
        ("Ferry late again – a chronicle", "Ferry late again – a chronicle"),
        ("Ferry &amp;amp; pier &#8211; what now", "Ferry & pier – what now"),
    ],
)
def test_only_the_outlet_is_stripped_from_a_title(title: str, expected: str) -> None:
    page = html(f'<meta property="og:site_name" content="Harbour Post"><meta property="og:title" content="{title}">')
    assert parse(page).title == expected


@pytest.mark.parametrize(
    ("headline", "shared", "window", "expected"),
    [
        ("Ferry late again", "Why nobody waits at the pier", "Ferry late again | Harbour Post", "shared"),
        ("Ferry late again", "Why nobody waits at the pier", "Why nobody waits at the pier", "headline"),
        ("Ferry late again", "Why nobody waits at the pier", "The harbour on Monday", "headline"),
        ("Ferry late again", "Oststrand: Ferry late again", "Ferry late again", "headline"),
    ],
)
def test_of_two_headlines_the_one_for_search_engines_is_not_chosen(
    headline: str, shared: str, window: str, expected: str
) -> None:
    head = f'<title>{window}</title><meta property="og:title" content="{shared}">'
    parsed = parse(html(head, json_ld={**NEWS, "headline": headline}))
    assert parsed.title == {"headline": headline, "shared": shared}[expected]
    assert parsed.provenance["title"] == {"headline": "json_ld", "shared": "opengraph"}[expected]


def test_a_page_without_a_title_has_none() -> None:
    assert parse(html()).title is None


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("Runa Veld", ["Runa Veld"]),
        ("By Runa Veld and Teodor Quist", ["Runa Veld", "Teodor Quist"]),
        ("RUNA VELD, Senior Reporter", ["Runa Veld"]),
        ("Runa Veld; Teodor Quist; Runa Veld", ["Runa Veld", "Teodor Quist"]),
        ("Von Runa Veld, Teodor Quist", ["Runa Veld", "Teodor Quist"]),
        ("Harbour Post", []),
        ("Staff", []),
        ("Newsroom", []),
        ("admin", []),
        ("desk@harbour-post.example", []),
        ("https://www.harbour-post.example/authors/7", []),
        ("Harbour Post, Oststrand", []),
        ("Harbour Post Südsund", []),
        ("AFP, MANILA", []),
        ("Harbour Post, Runa Veld", ["Runa Veld"]),
        ("港湾新聞オンライン", []),
        ("Liman Ajansı", []),
        ("Nachrichten", []),
        ("Runa Veld November 19", ["Runa Veld"]),
        ("Runa September-Veld", ["Runa September-Veld"]),
    ],
)
def test_authors_are_people(value: str, people: list[str]) -> None:
    page = html(f'<meta property="og:site_name" content="Harbour Post"><meta name="author" content="{value}">')
    assert parse(page).authors == people


def test_an_author_whose_trade_is_photography_is_left_out() -> None:
    people = [{"name": "Runa Veld", "jobTitle": "Reporter"}, {"name": "Teodor Quist", "jobTitle": "Staff photographer"}]
    assert parse(html(json_ld={**NEWS, "author": people})).authors == ["Runa Veld"]


def test_the_author_in_link_previews_counts() -> None:
    head = '<meta name="author" content="r.veld@post.example"><meta name="twitter:misc:Written by" content="Runa Veld">'
    assert parse(html(head)).authors == ["Runa Veld"]


def test_the_short_name_of_an_outlet_is_no_author() -> None:
    head = (
        '<meta property="og:site_name" content="Harbour Broadcasting (HBC)"><meta name="author" content="HBC Südsund">'
    )
    assert parse(html(head)).authors == []


def test_rights_are_recorded_as_stated() -> None:
    head = '<meta name="robots" content="noai, noimageai"><meta name="tdm-reservation" content="1">'
    licence = '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY</a>'
    rights = parse(html(head, licence), robots_header="noarchive").rights
    assert rights.robots == "noai, noimageai; noarchive"
    assert rights.tdm == "1"
    assert rights.licence == "https://creativecommons.org/licenses/by/4.0/"
