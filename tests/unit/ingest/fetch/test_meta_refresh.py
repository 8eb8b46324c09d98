"""Pages that send their readers elsewhere are followed; articles that reload themselves are read."""

from __future__ import annotations

import time

import pytest

from quotewire_ingest.fetch.meta_refresh import refresh_target

URL = "https://harbour-post.example/old/ferry"
TARGET = "https://harbour-post.example/news/ferry?id=7&page=2"
LONG = "<p>The ferry to Larn Island sails again from Monday, the harbour master Ilvane Morrec said.</p>" * 12


def target(page: str, charset: str | None = None) -> str | None:
    return refresh_target(page.encode(), URL, charset)


@pytest.mark.parametrize(
    "page",
    [
        f'<meta http-equiv="refresh" content="0; url={TARGET}">',
        f"<META CONTENT=\"3;URL='{TARGET}'\" HTTP-EQUIV=Refresh>",
        f"<meta content='5, url = \"{TARGET}\"' http-equiv='refresh'/>",
        '<meta http-equiv="refresh" content="0;/news/ferry?id=7&amp;page=2">',
        '<meta http-equiv="refresh" content="0.5; url=../news/ferry?id=7&page=2">',
        '<base href="/news/"><meta http-equiv="refresh" content="0; url=ferry?id=7&page=2#top">',
        f'<script>go("/x?<p>")</script><noscript><meta http-equiv=refresh content="1;url={TARGET}"></noscript>',
        f'<title>{LONG}</title><meta http-equiv="refresh" content="10;url={TARGET}"><p>You will be redirected.</p>',
        f'<!-- {LONG} --><style>{LONG}</style><meta http-equiv="refresh" content="10;url={TARGET}">',
        f'<meta http-equiv="refresh" content="0; url={TARGET}">{LONG}',
        f'<meta http-equiv="refresh" content="8; url={TARGET}">' + "<li><a href=/x>Ferries</a></li>" * 90,
    ],
    ids=range(11),
)
def test_a_page_that_leads_elsewhere(page: str) -> None:
    assert (target(f"<!doctype html><html><head>{page}</head></html>") or "").removesuffix("#top") == TARGET


@pytest.mark.parametrize(
    "page",
    [
        LONG,
        f'<meta http-equiv="refresh" content="300">{LONG}',
        f'<meta http-equiv="refresh" content="300; url={URL}">',
        f'<meta http-equiv="refresh" content="0; url={URL}#comments">',
        f'<meta http-equiv="refresh" content="900; url=/">{LONG}',
        '<meta http-equiv="refresh" content="900; url=/">',
        f'<noscript><meta http-equiv="refresh" content="0; url=/no-script"></noscript>{LONG}',
        f'<!-- <meta http-equiv="refresh" content="0; url=/ie"> -->{LONG}',
        f"<script>document.write(\"<meta http-equiv=refresh content='0;url=/x'>\")</script>{LONG}",
        f'<template><meta http-equiv="refresh" content="0; url=/x"></template>{LONG}',
        '<meta http-equiv="refresh" content="0; url=javascript:history.back()">',
        '<meta http-equiv="refresh" content="0; url=http://[x/">',
        '<meta http-equiv="refresh" content="soon; url=/x">',
        '<meta http-equiv="refresh" content="">',
        '<meta name="refresh" content="0; url=/x">',
    ],
    ids=range(15),
)
def test_a_page_that_is_to_be_read(page: str) -> None:
    assert target(f"<!doctype html><html><body>{page}</body></html>") is None


def test_the_header_says_the_same_as_the_element() -> None:
    assert refresh_target(b"<p>Moved.</p>", URL, header=f"0; url={TARGET}") == TARGET
    assert refresh_target(LONG.encode(), URL, header=f"600; url={TARGET}") is None
    assert refresh_target(b"<p>Moved.</p>", URL, header="600") is None


def test_bytes_that_are_no_text_and_an_unknown_charset() -> None:
    page = b'\xff\xfe<meta http-equiv="refresh" content="0;url=/\xe9t\xe9">'
    assert refresh_target(page, URL, "latin-1") == "https://harbour-post.example/\xe9t\xe9"
    assert refresh_target(page, URL, "no-such-charset") == "https://harbour-post.example/\ufffdt\ufffd"


@pytest.mark.parametrize(
    "piece",
    ["<", "<a-", "<!--", "<script>", "<noscript><meta ", '<meta http-equiv="', 'a="', "&#0;", " ", "<title>x</title>"],
)
def test_the_time_for_any_page_is_short(piece: str) -> None:
    page = '<meta http-equiv="refresh" content="0">' + piece * (4_000_000 // len(piece))
    began = time.process_time()
    target(page)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    "charset", ["idna", "punycode", "rot13", "zip", "no-such", "\x00", "undefined", "utf-7", "utf-16"]
)
def test_a_charset_that_no_page_has_is_no_error(charset: str) -> None:
    began = time.thread_time()

    refresh_target(f'<meta http-equiv="refresh" content="0; url={TARGET}">“{"a" * 64_000}'.encode(), URL, charset)

    assert time.thread_time() - began < 1
