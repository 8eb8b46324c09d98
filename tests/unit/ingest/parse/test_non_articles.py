"""Pages with status 200 that are no articles are rejected with the reason."""

import pytest

from kit.pages import NEWS, PARAGRAPHS, html, parse
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
