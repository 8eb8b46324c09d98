"""What is read from a page, where it came from, and what is refused."""

from datetime import UTC, datetime

import pytest

from quotewire_ingest.hints import Hints
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_schemas.article import Precision

from .pages import NEWS, PARAGRAPHS, URL, html, read


def test_the_text_is_the_article_alone() -> None:
    assert read(html()).text.split("\n") == PARAGRAPHS


def test_json_ld_gives_title_author_dates_and_outlet() -> None:
    reading = read(html(json_ld=NEWS))
    assert reading.title == "Ferry late again"
    assert reading.authors == ["Runa Veld"]
    assert reading.published_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)
    assert reading.published_precision is Precision.SECOND
    assert reading.modified_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert reading.outlet == "Harbour Post"
    assert reading.language == "en"
    assert {reading.provenance[name] for name in ("title", "authors", "published_at", "outlet")} == {"json_ld"}


def test_what_the_feed_said_of_the_title_wins() -> None:
    hints = Hints(title="Ferry late", outlet="The Harbour Post", published_at=datetime(2026, 1, 1, tzinfo=UTC),
                    published_precision=Precision.SECOND)  # fmt: skip
    reading = read(html(json_ld=NEWS), hints=hints)
    assert (reading.title, reading.provenance["title"]) == ("Ferry late", "feed")
    assert reading.outlet == "The Harbour Post"
    assert reading.published_at == datetime(2026, 3, 2, 17, 30, tzinfo=UTC)


def test_a_graph_an_id_and_a_broken_comma_are_understood() -> None:
    graph = {
        "@graph": [
            {"@type": "WebPage", "@id": URL},
            {**NEWS, "@type": ["Article"], "author": {"@id": "#runa"}},
            {"@type": "Person", "@id": "#runa", "name": "Runa Veld"},
        ]
    }
    page = html(json_ld=graph).replace('"}]}</script>', '"},]}</script>')
    assert read(page).authors == ["Runa Veld"]


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
def test_the_outlets_suffix_is_taken_off_and_nothing_else(title: str, expected: str) -> None:
    page = html(f'<meta property="og:site_name" content="Harbour Post"><meta property="og:title" content="{title}">')
    assert read(page).title == expected


@pytest.mark.parametrize(
    ("headline", "shared", "window", "expected"),
    [
        ("Ferry late again", "Why nobody waits at the pier", "Ferry late again | Harbour Post", "shared"),
        ("Ferry late again", "Why nobody waits at the pier", "Why nobody waits at the pier", "headline"),
        ("Ferry late again", "Why nobody waits at the pier", "The harbour on Monday", "headline"),
        ("Ferry late again", "Oststrand: Ferry late again", "Ferry late again", "headline"),
    ],
)
def test_of_two_headlines_the_one_written_for_search_is_not_taken(
    headline: str, shared: str, window: str, expected: str
) -> None:
    head = f'<title>{window}</title><meta property="og:title" content="{shared}">'
    reading = read(html(head, json_ld={**NEWS, "headline": headline}))
    assert reading.title == {"headline": headline, "shared": shared}[expected]
    assert reading.provenance["title"] == {"headline": "json_ld", "shared": "opengraph"}[expected]


def test_no_title_stated_is_null() -> None:
    assert read(html()).title is None


@pytest.mark.parametrize(
    ("stated", "people"),
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
def test_authors_are_people(stated: str, people: list[str]) -> None:
    page = html(f'<meta property="og:site_name" content="Harbour Post"><meta name="author" content="{stated}">')
    assert read(page).authors == people


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
def test_the_byline_that_is_shown_speaks_where_the_head_names_the_outlet_alone(shown: str, people: list[str]) -> None:
    head = '<meta property="og:site_name" content="Harbour Post"><meta name="author" content="Harbour Post">'
    assert read(html(head, shown)).authors == people


def test_the_author_that_is_written_for_link_previews_is_taken() -> None:
    head = '<meta name="author" content="r.veld@post.example"><meta name="twitter:misc:Written by" content="Runa Veld">'
    assert read(html(head)).authors == ["Runa Veld"]


def test_the_short_name_of_an_outlet_is_no_author() -> None:
    head = (
        '<meta property="og:site_name" content="Harbour Broadcasting (HBC)"><meta name="author" content="HBC Südsund">'
    )
    assert read(html(head)).authors == []


@pytest.mark.parametrize(
    ("stated", "at", "precision"),
    [
        ("2026-03-02T10:00:00+01:00", datetime(2026, 3, 2, 9, tzinfo=UTC), Precision.SECOND),
        ("2026-03-02T10:00Z", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.MINUTE),
        ("2026-03-02 10:00:00", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.DAY),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC), Precision.DAY),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC), Precision.MONTH),
        ("Mon, 02 Mar 2026 10:00:00 GMT", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND),
        ("1772445600", datetime(2026, 3, 2, 10, tzinfo=UTC), Precision.SECOND),
    ],
)
def test_a_date_and_how_exactly_it_is_known(stated: str, at: datetime, precision: Precision) -> None:
    reading = read(html(f'<meta property="article:published_time" content="{stated}">'))
    assert (reading.published_at, reading.published_precision) == (at, precision)


@pytest.mark.parametrize(
    "stated", ["2031-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01", "2026-13-40", "soon", ""]
)
def test_absurd_dates_are_none(stated: str) -> None:
    assert read(html(f'<meta property="article:published_time" content="{stated}">')).published_at is None


def test_the_day_of_the_crawl_is_never_taken_for_the_articles() -> None:
    assert read(html(body="<div class='clock'>Wednesday, March 4, 2026</div>")).published_at is None


def test_canonical_and_syndicated() -> None:
    own = read(html('<link rel="canonical" href="/news/2026/ferry-late?utm_source=x">'))
    assert own.canonical_url == "https://www.harbour-post.example/news/2026/ferry-late"
    assert own.url == URL
    other = read(html('<link rel="canonical" href="https://wire.example/ferry">'))
    assert (other.canonical_url, other.syndicated_from) == (URL, "https://wire.example/ferry")
    assert other.article_id == read(html()).article_id


def test_a_saved_page_without_an_address_is_known_by_what_it_states() -> None:
    stated = read(html('<link rel="canonical" href="' + URL + '">'), url=None)
    assert stated.article_id == read(html()).article_id
    assert stated.provenance["url"] == "meta"
    assert read(html(), url=None).url is None


def test_rights_are_recorded_as_stated() -> None:
    head = '<meta name="robots" content="noai, noimageai"><meta name="tdm-reservation" content="1">'
    licence = '<a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY</a>'
    rights = read(html(head, licence), robots_header="noarchive").rights
    assert rights.robots == "noai, noimageai; noarchive"
    assert rights.tdm == "1"
    assert rights.licence == "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("encoding", "head", "header"),
    [
        ("windows-1252", '<meta charset="windows-1252">', None),
        ("windows-1252", '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">', None),
        ("windows-1252", "", "windows-1252"),
        ("windows-1251", '<meta charset="windows-1251">', None),
        ("utf-16", "", None),
        ("utf-8", '<meta charset="iso-8859-1">', None),
    ],
)
def test_the_characters_are_right(encoding: str, head: str, header: str | None) -> None:
    word = "Бухта" if encoding == "windows-1251" else "Fährmann “Träne”"
    page = html(head, paragraphs=[f"{word}. {paragraph}" for paragraph in PARAGRAPHS])
    page = page.replace('<meta charset="utf-8">', "").replace("“", '"').replace("”", '"')
    assert word.replace("“", '"').replace("”", '"') in read(page.encode(encoding), charset=header).text


def test_utf8_with_a_damaged_byte_stays_utf8() -> None:
    body = (
        html(paragraphs=[f"Fähre. {paragraph}" for paragraph in PARAGRAPHS * 20])
        .encode()
        .replace(b"again", b"ag\xffin", 1)
    )
    assert "Fähre. The ferry" in read(body).text


def test_furniture_is_dropped_with_its_reason() -> None:
    body = (
        "<h1>Ferry late again</h1><p>By Runa Veld</p><p>2 March 2026</p>"
        '<figure><img src="a.jpg"><figcaption>The empty berth on Monday, seen from the old pier.</figcaption></figure>'
    )
    after = (
        "<p>Read more: The pier that nobody wanted</p>"
        '<p><a href="/tides">Why the tides are higher this year than ever before</a></p>'
        "<p>Reporting by Runa Veld; editing by Teodor Quist</p><p>Sign up for our newsletter to get the news first.</p>"
    )
    page = html(body=body, json_ld=NEWS).replace("</article>", f"{after}</article>")
    reading = read(page)
    assert reading.text.split("\n") == PARAGRAPHS
    assert {entry.reason for entry in reading.dropped} <= {
        "title", "byline", "date_line", "caption", "related_label", "related_link", "credits", "reader_call"
    }  # fmt: skip
    assert "Sign up for our newsletter to get the news first." in [entry.text for entry in reading.dropped]


ENTITIES = "<!ENTITY e0 'the ferry was late '>" + "".join(
    f"<!ENTITY e{level} '{f'&e{level - 1};' * 10}'>" for level in range(1, 10)
)
"""Ten thousand million times the same words, to a parser that believes them."""


def refusal(body: str | bytes) -> RejectionReason:
    with pytest.raises(Rejected) as refused:
        read(body)
    return refused.value.reason


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", RejectionReason.EMPTY),
        (b"%PDF-1.7 ...", RejectionReason.NOT_A_PAGE),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), RejectionReason.NOT_A_PAGE),
        ("no element at all", RejectionReason.NOT_A_PAGE),
        (b"BZh91AY&SY" + html().encode(), RejectionReason.NOT_A_PAGE),
        (bytes(257) + b"ustar" + html().encode(), RejectionReason.NOT_A_PAGE),
        (b"\0\0\0\x18ftypmp42" + html().encode(), RejectionReason.NOT_A_PAGE),
        (
            "<?xml version='1.0'?><berths><berth>" + " ".join(PARAGRAPHS) + "</berth></berths>",
            RejectionReason.NOT_A_PAGE,
        ),
        (html(paragraphs=[paragraph + "\ufffd" * 9 for paragraph in PARAGRAPHS]), RejectionReason.NOT_A_PAGE),
        (f"<!DOCTYPE html [{ENTITIES}]><html><body><p>&e9;</p></body></html>", RejectionReason.NO_TEXT),
        (
            '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>&x;</p></body></html>',
            RejectionReason.NO_TEXT,
        ),
        (html(paragraphs=[]), RejectionReason.NO_TEXT),
        (html(paragraphs=["Short."]), RejectionReason.NO_TEXT),
        ("<html><body>" + "<p>word</p>" * 60_000, RejectionReason.TOO_MANY_ELEMENTS),
        (
            "<html><body><div " + " ".join(f"a{i}=1" for i in range(5000)) + ">x</div>",
            RejectionReason.TOO_MANY_ELEMENTS,
        ),
        (html(paragraphs=["The ferry was late, she said. " * 30_000]), RejectionReason.TOO_LARGE),
    ],
    ids=[
        "empty",
        "pdf",
        "png",
        "text",
        "bzip2",
        "tar",
        "mp4",
        "xml",
        "damage",
        "laughs",
        "file",
        "nothing",
        "short",
        "elements",
        "attributes",
        "long",
    ],
)
def test_pages_that_are_refused(body: str | bytes, reason: RejectionReason) -> None:
    assert refusal(body) is reason


def test_nesting_without_end_is_refused() -> None:
    body = "<html><body>" + "<div>" * 20_000 + "<p>" + "</p><p>".join(PARAGRAPHS) + "</p>"
    assert refusal(body) in (RejectionReason.NO_TEXT, RejectionReason.NOT_A_PAGE)


def test_an_xhtml_page_is_a_page() -> None:
    assert read("<?xml version='1.0' encoding='utf-8'?>\n" + html()).text.split("\n") == PARAGRAPHS


def test_nul_and_control_characters_are_taken_out() -> None:
    body = html(paragraphs=[paragraph.replace("ferry", "fer\0ry\x07") for paragraph in PARAGRAPHS])
    assert "\0" not in read(body).text
    assert "The ferry to Oststrand" in read(body).text


LEAD = "Passengers wait in the rain, the new pier is closed, and nobody in the council answers the telephone."


def test_the_lead_that_the_page_shows_apart_is_part_of_the_text() -> None:
    head = f'<meta property="og:description" content="{LEAD[:90]}…">'
    page = html(head).replace("<article>", f"<header><h1>Ferry late</h1><div>{LEAD}</div></header><article>")
    assert read(page).text.split("\n") == [LEAD, *PARAGRAPHS]


def test_a_description_that_is_not_shown_is_no_part_of_it() -> None:
    assert read(html(f'<meta property="og:description" content="{LEAD}">')).text.split("\n") == PARAGRAPHS


def test_a_lead_that_is_in_the_text_already_is_not_doubled() -> None:
    head = f'<meta name="description" content="{PARAGRAPHS[0]}">'
    assert read(html(head)).text.split("\n") == PARAGRAPHS
