"""A page becomes the text of its article, with its identity."""

from kit.pages import NEWS, PARAGRAPHS, URL, html, parse


def test_the_text_is_the_article_alone() -> None:
    assert parse(html()).text.split("\n") == PARAGRAPHS


def test_canonical_and_syndicated() -> None:
    own = parse(html('<link rel="canonical" href="/news/2026/ferry-late?utm_source=x">'))
    assert own.canonical_url == "https://www.harbour-post.example/news/2026/ferry-late"
    assert own.url == URL
    other = parse(html('<link rel="canonical" href="https://wire.example/ferry">'))
    assert (other.canonical_url, other.syndicated_from) == (URL, "https://wire.example/ferry")
    assert other.article_id == parse(html()).article_id


def test_a_saved_page_without_a_url_is_identified_by_its_canonical_url() -> None:
    value = parse(html('<link rel="canonical" href="' + URL + '">'), url=None)
    assert value.article_id == parse(html()).article_id
    assert value.provenance["url"] == "meta"
    assert parse(html(), url=None).url is None


def test_boilerplate_is_dropped_with_its_reason() -> None:
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
    parsed = parse(page)
    assert parsed.text.split("\n") == PARAGRAPHS
    assert {entry.reason for entry in parsed.dropped} <= {
        "title", "byline", "date_line", "caption", "related_label", "related_link", "credits", "reader_call"
    }  # fmt: skip
    assert "Sign up for our newsletter to get the news first." in [entry.text for entry in parsed.dropped]


def test_a_paragraph_that_is_a_link_and_says_what_somebody_said_is_text() -> None:
    said = "“We are ruined and they know it,” said Teodor Quist in a letter to the council on Monday."
    page = html().replace("</article>", f'<p><a href="/letter">{said}</a></p></article>')
    assert parse(page).text.split("\n") == [*PARAGRAPHS, said]
