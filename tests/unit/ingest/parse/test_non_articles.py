"""Pages with status 200 that are no articles are rejected with the reason."""

import pytest

from kit.pages import NEWS, PARAGRAPHS, URL, html, parse
from quotewire_ingest.rejection import Rejected, RejectionReason

LINKS = "".join(f"<p><a href='/news/{i}'>Ferry number {i} was late again on Monday</a></p>" for i in range(40))
WALL = "<p>This process is automatic. Your browser will go to the page that you asked for shortly; please wait.</p>"
CONSENT = (
    "<p>We and our partners store cookies here. Accept all, or manage your preferences to choose what you allow.</p>"
)
GONE = "<p>The page may have moved, or it may never have been there. Try the search, or begin at the front page.</p>"

FOOT = "<footer><a href='/offer'>Become a member to read all that the harbour has to say</a></footer>"
SOLD = "Subscribe now to continue reading this article and all the others that the harbour has to offer this season."


@pytest.mark.parametrize(
    ("page", "url", "reason"),
    [
        (
            f"<html><head><title>Just a moment...</title></head><body>{WALL}</body></html>",
            "/a",
            RejectionReason.BOT_WALL,
        ),
        (f"<html><body><div id='px-captcha'></div>{WALL}</body></html>", "/a", RejectionReason.BOT_WALL),
        (f"<html><body><h1>Before you continue</h1>{CONSENT}</body></html>", "/a", RejectionReason.CONSENT_PAGE),
        (
            f"<html><head><title>404 - Harbour Post</title></head><body>{GONE}</body></html>",
            "/a",
            RejectionReason.ERROR_PAGE,
        ),
        (f"<html><body><h1>Page not found</h1>{GONE}</body></html>", "/a", RejectionReason.ERROR_PAGE),
        (
            '<html><body><div id="root"></div><script src="/app.js"></script></body></html>',
            "/a",
            RejectionReason.NO_TEXT,
        ),
        (
            html(json_ld={**NEWS, "isAccessibleForFree": False}, body=FOOT, paragraphs=PARAGRAPHS[:2]),
            "/a",
            RejectionReason.PAYWALL,
        ),
        (
            html(json_ld={**NEWS, "isAccessibleForFree": "False"}, body=FOOT, paragraphs=PARAGRAPHS[:2]),
            "/a",
            RejectionReason.PAYWALL,
        ),
        (
            html('<meta property="article:content_tier" content="locked">', paragraphs=PARAGRAPHS[:2]),
            "/a",
            RejectionReason.PAYWALL,
        ),
        (html(json_ld=NEWS, paragraphs=[*PARAGRAPHS[:2], SOLD]), "/a", RejectionReason.PAYWALL),
        (html(), "/", RejectionReason.INDEX_PAGE),
        (
            f"<html><body><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>{LINKS}</body></html>",
            "/news",
            RejectionReason.INDEX_PAGE,
        ),
    ],
)
def test_non_articles_are_rejected(page: str, url: str, reason: RejectionReason) -> None:
    with pytest.raises(Rejected) as rejected:
        parse(page, url=f"https://www.harbour-post.example{url}")
    assert rejected.value.reason is reason


@pytest.mark.parametrize(
    "page",
    [
        html("<title>Access denied: how the council shut the pier</title>", paragraphs=PARAGRAPHS * 3),
        html(
            '<meta property="article:published_time" content="2026-03-02">',
            body="<h1>Are you human, asks the ferry</h1>",
        ),
        html(json_ld={**NEWS, "isAccessibleForFree": False}, body=FOOT, paragraphs=PARAGRAPHS * 3),
        html(json_ld={**NEWS, "isAccessibleForFree": False}),
        html(json_ld={**NEWS, "isAccessibleForFree": True}),
        html(json_ld=NEWS, paragraphs=[*PARAGRAPHS, SOLD, *PARAGRAPHS]),
        html('<meta property="og:type" content="article">').replace("</article>", f"</article><aside>{LINKS}</aside>"),
    ],
)
def test_articles_that_look_like_non_articles_are_parsed(page: str) -> None:
    assert PARAGRAPHS[1] in parse(page).text


@pytest.mark.parametrize(
    "offer",
    [
        "This article is for subscribers only. Subscribe from 1 crown a week to read on.",
        "Keep reading with a subscription",
        "Create a free account to continue reading.",
        "To read the full story, subscribe today.",
        "Want to read more? Become a member for 3 crowns a month.",
        "You have reached your limit of free articles this month.",
        "This content is exclusive to our subscribers.",
        "Sie möchten weiterlesen? Jetzt Abo abschließen und alle Artikel lesen.",
        "Dieser Artikel ist Abonnenten vorbehalten.",
        "Il vous reste 82 % de cet article à lire. La suite est réservée aux abonnés.",
        "Este contenido es exclusivo para suscriptores",
        "Abbonati per continuare a leggere",
        "Conteúdo exclusivo para assinantes",
        "Dit artikel is alleen voor abonnees",
        "Den här artikeln är för prenumeranter.",
        "Artykuł dostępny tylko dla prenumeratorów",
    ],
)
def test_a_beginning_with_an_offer_to_read_on(offer: str) -> None:
    beginning = html(json_ld=NEWS, paragraphs=PARAGRAPHS[:2])
    with pytest.raises(Rejected) as rejected:
        parse(beginning.replace("</article>", f"<div class='gate'><p>{offer}</p></div></article>"))
    assert rejected.value.reason == RejectionReason.PAYWALL


def test_a_whole_article_beside_an_offer_is_accepted() -> None:
    offer = "<div class='gate'><p>Keep reading with a subscription</p></div>"
    paragraphs = [*PARAGRAPHS, *(f"{paragraph} It was the {n}th time." for n, paragraph in enumerate(PARAGRAPHS, 4))]
    page = html(json_ld=NEWS, paragraphs=paragraphs).replace("</article>", f"{offer}</article>")
    assert parse(page).text.startswith(PARAGRAPHS[0])


def test_a_short_article_with_offers_for_others_beside_it_is_accepted() -> None:
    page = html(json_ld=NEWS, paragraphs=PARAGRAPHS[:2])
    others = "<aside><p>This article is for subscribers only.</p></aside><footer>Already a subscriber? Log in</footer>"
    assert parse(page.replace("</body>", f"{others}</body>")).text.split("\n") == PARAGRAPHS[:2]


HELP = "You may have typed the address wrongly, or the link that brought you here may be too old to lead anywhere."


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("We can’t find that page", HELP),
        ("This story is no longer available", HELP),
        ("Diese Seite existiert nicht mehr", HELP),
        ("Oups ! Cette page n’existe pas", HELP),
        ("We’ll be right back", HELP),
        ("451: Unavailable due to legal reasons", HELP),
        ("Harbour Post", f"The page that you are looking for has moved. {HELP}"),
        ("Harbour Post", f"Die von Ihnen gesuchte Seite gibt es hier nicht. {HELP}"),
        ("Harbour Post", f"You need to enable JavaScript to run this app. {HELP}"),
        ("Harbour Post", f"This site is unavailable to visitors from the European Economic Area. {HELP}"),
        ("Sign in", f"Do not have an account yet? It takes less than a minute to make one. {HELP}"),
    ],
)
def test_notices_are_error_pages(title: str, text: str) -> None:
    with pytest.raises(Rejected) as rejected:
        parse(f"<html><head><title>Harbour Post</title></head><body><h1>{title}</h1><p>{text}</p></body></html>")
    assert rejected.value.reason == RejectionReason.ERROR_PAGE


def test_a_list_of_results_is_no_article() -> None:
    results = "".join(
        f"<div><h3><a href='/news/{n}'>Ferry number {n} was late again</a></h3><p>{paragraph} Day {n}.</p></div>"
        for n, paragraph in enumerate(PARAGRAPHS * 2)
    )
    with pytest.raises(Rejected) as rejected:
        parse(f"<html><body><h1>Search results</h1>{results}</body></html>", f"{URL}/search")
    assert rejected.value.reason == RejectionReason.INDEX_PAGE
