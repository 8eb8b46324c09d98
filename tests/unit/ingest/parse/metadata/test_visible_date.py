"""The day of publication that a page shows only to its readers."""

import pytest

from kit.pages import html, parse

_HEADLINE = "<h1>Ferry late again</h1>"


def day_of(body: str, lang: str = "en", head: str = "", below: str = "", url: str | None = None) -> str | None:
    """The day that a page gets whose headline is followed by ``body``."""
    page = html(head, _HEADLINE + body, lang=lang, below=below)
    published = (parse(page, url) if url else parse(page)).published_at
    return published.date().isoformat() if published else None


@pytest.mark.parametrize(
    "body",
    [
        "<p>Updated 3 March 2026, first published 1 March 2026</p>",
        "<p>1 March 2026 (updated 3 March 2026)</p>",
        "<p>(Updated 3 March 2026) 1 March 2026</p>",
        "<span class='updated'>March 3, 2026</span><span class='posted-on'>March 1, 2026</span>",
        "<div>Published: March 1, 2026 at 8:00 AM EST</div><div>Updated: March 3, 2026 at 9:00 AM EST</div>",
        "<time class='entry-date published' datetime='2026-03-01T08:00:00Z'>Sunday</time>"
        "<time class='updated' datetime='2026-03-03T08:00:00Z'>Tuesday</time>",
        "<abbr class='published' title='2026-03-01T08:00:00Z'>1 March</abbr>",
        "<div><time datetime='2026-03-03T10:00Z'>Updated 3 Mar</time> <time datetime='2026-03-01'>1 Mar</time></div>",
        "<time itemprop='dateModified' datetime='2026-03-03'>01/03/2026 | Updated 03/03/2026</time>",
        "<p>Posted <time datetime='2026-03-01T10:00Z'>two days ago</time>, changed <time>3 Mar 2026</time></p>",
        "<div class='byline'>Runa Veld, Oststrand<br>Sunday 1 March 2026</div>",
        "<p>Oststrand • 1 March 2026 • 4 min read</p>",
    ],
)
def test_of_two_dates_the_published_one_counts(body: str) -> None:
    head = '<meta property="article:modified_time" content="2026-03-03T08:00:00Z">'
    if "/2026" in body:  # the order of day and month is known from the country
        head += '<meta property="og:locale" content="en_GB">'
    assert day_of(body, head=head) == "2026-03-01"


@pytest.mark.parametrize(
    ("lang", "body"),
    [
        ("es", "<p>Publicado: 1 de febrero de 2026</p><p>Actualizado: 3 de marzo de 2026</p>"),
        ("fr", "<p>Publié le 1er février 2026 à 10h15, mis à jour le 3 mars 2026</p>"),
        ("it", "<p>1 febbraio 2026 - aggiornato il 3 marzo 2026</p>"),
        ("pt-BR", "<time>1º de fevereiro de 2026 às 10h15</time>"),
        ("de", "<p>Stand: 03.03.2026 | veröffentlicht: 01.02.2026</p>"),
        ("de-AT", "<p>1. Feb. 2026</p>"),
        ("nl", "<p>Bijgewerkt 3 maart 2026, gepubliceerd 1 februari 2026</p>"),
        ("pl", "<p>1 lutego 2026 r.</p>"),
        ("cs", "<p>1. 2. 2026</p>"),
        ("uk", "<p>1 лют. 2026, 10:15</p>"),
        ("ru", "<p>Обновлено 3 марта 2026, опубликовано 1 февраля 2026 г.</p>"),
        ("el", "<p>Κυριακή, 1 ΦΕΒΡΟΥΑΡΙΟΥ 2026</p>"),
        ("hu", "<p>2026. február 1. 10:15 Frissítve: 2026. március 3.</p>"),
        ("tr", "<p>1 Şubat 2026 Pazar | Son Güncelleme: 3 Mart 2026</p>"),
        ("ar", "<p>١ شباط/فبراير ٢٠٢٦</p>"),
        ("ar", "<p>٠١/٠٢/٢٠٢٦</p>"),
        ("he", "<p>1 בפברואר 2026</p>"),
        ("hi", "<p>१ फ़रवरी २०२६</p>"),
        ("zh", "<p>2026年2月1日 10:15</p>"),
        ("ja", "<p>2026年2月1日 公開　2026年3月3日 更新</p>"),
        ("ja", "<p>令和8年2月1日</p>"),
        ("ko", "<p>입력 2026.02.01 10:15 수정 2026.03.03 09:00</p>"),
        ("th", "<p>1 กุมภาพันธ์ 2569 เวลา 10:15 น.</p>"),
        ("th", "<p>1 ก.พ. 2569</p>"),
        ("th", "<p>01/02/2569</p>"),
        ("vi", "<p>ngày 1 tháng 2 năm 2026</p>"),
        ("id", "<p>Minggu, 1 Februari 2026 | 10:15 WIB</p>"),
        ("ca", "<p>1 de febrer de 2026</p>"),
    ],
)
def test_dates_are_read_in_the_language_of_the_page(lang: str, body: str) -> None:
    assert day_of(body, lang) == "2026-02-01"


@pytest.mark.parametrize(
    "body",
    [
        "<p>Last updated: 3 March 2026</p>",
        "<p>Updated <time datetime='2026-03-03T08:00:00Z'>3 March 2026</time></p>",
        "<p>02/01/2026</p>",
        "<h2>What happens at the pier on 1 February 2026</h2>",
        "<ul class='related'><li>Pier closed <time>1 February 2026</time></li></ul>",
        "<div class='weather'>1 February 2026</div>",
    ],
)
def test_a_day_that_is_not_certainly_the_publication_s_is_not_guessed(body: str) -> None:
    assert day_of(body) is None


def test_dates_of_comments_and_teasers_do_not_count() -> None:
    below = (
        "<div class='entry-footer'><span class='posted-on'>1 March 2026</span></div>"
        "<div class='comments'><p class='date'>3 March 2026</p></div>"
        "<aside><time datetime='2026-03-02T08:00:00Z'>2 March 2026</time></aside>"
    )
    assert day_of("", below=below) == "2026-03-01"


def test_an_exact_time_is_kept_where_the_page_states_one_for_the_shown_day() -> None:
    body = "<h1>Ferry late again</h1><time datetime='2026-03-01T23:30:00-05:00'>1 March 2026</time><time>2 March</time>"
    assert parse(html(body=body)).published_at.isoformat() == "2026-03-02T04:30:00+00:00"


def test_a_day_in_the_address_counts_where_the_page_shows_none() -> None:
    assert day_of("", url="https://www.harbour-post.example/2026/02/01/ferry") == "2026-02-01"
    assert day_of("<p>02/01/2026</p>", url="https://www.harbour-post.example/2026/02/01/ferry") == "2026-02-01"
