"""Mutations of HTTP answers, after what real servers, proxies and attackers send."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable

from hostile_web.answers import Answer

Mutation = Callable[[Answer, random.Random], None]

ODD_ADDRESSES = (
    b"http://[x/", b"//", b"http:///", b"http://", b"\xff\xfe", b"http://\xc3\xa9.example/\xe2\x80\xae",
    b"javascript:alert(1)", b"http://127.0.0.1:99999/", b"http://127.2.0.1:0/", b"http://user:pass@127.2.0.1/",
    b"http://999.1.1.1/", b"/" + b"a" * 9000, b"?" + b"q=1&" * 4000, b"http://xn--a/", b"http://a..b/",
    b"http://%zz/", b"\t/news/1\n", b"http://[::1%25lo]/", b"#", b"", b"file:///etc/hostname", b"http://0x7f.1/",
    b"HTTP://EXAMPLE.INVALID/", b"/news/1\x00", b"/\xed\xa0\x80", b"mailto:a@b.c",
)  # fmt: skip
ODD_TEXTS = (
    b"", b" ", b"\x00", b"\xff\xfe\xfa", "é…\u202e".encode(), b'"' + b"e" * 9000 + b'"', b"-1", b"0", b"1e400",
    b"nan", b"inf", b"99999999999999999999", b"Thu, 99 Foo 99999 99:99:99 XYZ", b"Mon, 01 Jan 0001 00:00:00 GMT",
    b"Fri, 31 Dec 9999 23:59:59 GMT", b"W/", b"*", b"; charset=", b"\x80" * 40, b"a\r\n b", b"%s%n", b"{}",
    b"'; DROP TABLE ingest.inputs; --",
)  # fmt: skip
HEADERS = (
    b"ETag", b"Last-Modified", b"Content-Type", b"Retry-After", b"Set-Cookie", b"X-Robots-Tag", b"Link", b"Date",
    b"Refresh", b"Content-Disposition", b"Cache-Control", b"Content-Language", b"Age", b"Server", b"Vary",
    b"Content-Location",
)  # fmt: skip
STATUSES = (
    b"000", b"099", b"100", b"101", b"103", b"199", b"201", b"203", b"204", b"206", b"226", b"299", b"300", b"304",
    b"305", b"306", b"400", b"401", b"402", b"403", b"404", b"405", b"406", b"408", b"410", b"418", b"421", b"425",
    b"429", b"451", b"499", b"500", b"502", b"503", b"504", b"511", b"520", b"530", b"599", b"600", b"999", b"abc",
    b"-1", b"20", b"2000",
)  # fmt: skip
CHARSETS = (
    b"utf-8",
    b"utf-16",
    b"utf-7",
    b"windows-1251",
    b"gb2312",
    b"shift_jis",
    b"idna",
    b"punycode",
    b"zip",
    b"rot13",
    b"\xff",
    b"x" * 500,
)
ENCODINGS = (
    b"gzip",
    b"deflate",
    b"br",
    b"zstd",
    b"UTF-8",
    b"none",
    b"identity",
    b"binary",
    b"gzip, gzip",
    b"x",
    b"\xff",
)
INSERTS = (
    b'<base href="http://[x">', b"<div>" * 20_000, b"\x00", b"\xed\xa0\x80", "\ufeff\uffff\u202e".encode(),
    b"x" * 1_000_000, b" " * 100_000, b"\n" * 50_000, "“".encode() * 30_000, b"<p>" * 30_000, b"&nbsp;" * 20_000,
    b"<a href='http://[y'>z</a>", b"<loc>http://127.2.0.1/" + b"l" * 9000 + b"</loc>", b"<link>http://[z/</link>",
    b"<pubDate>0</pubDate>", b"<!--", b"<![CDATA[", b"]]>",
    b"<script type='application/ld+json'>" + b"[" * 20_000 + b"</script>", b"<meta charset='utf-7'>",
    b"<link rel='canonical' href='http://[c/'>", b"<meta name='author' content='" + b"By and, " * 9000 + b"'>",
    b"<meta property='article:published_time' content='99999-99-99T99:99:99+99:99'>", b"<time datetime='-0001'>",
    b"<q>" * 5000, b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>', b"&b;" * 1000,
    b"<svg><style>" * 3000, b"<meta http-equiv='refresh' content='0;url=http://[r/'>",
    b"<enclosure url='http://[e/'/>", b"<guid>" + b"g" * 9000 + b"</guid>",
)  # fmt: skip


def mutate(answer: Answer, dice: random.Random) -> None:
    """Mutate an answer in place, by one to four mutations."""
    for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 4))):
        dice.choice(MUTATIONS)(answer, dice)


def redirect(answer: Answer, dice: random.Random) -> None:
    """Redirect, mostly to an address that is none."""
    answer.status = dice.choice((b"301", b"302", b"303", b"307", b"308"))
    target = dice.choice(ODD_ADDRESSES)
    answer.replace_header(b"Location", target.replace(b"\n", b"").replace(b"\r", b""))


def redirect_to_sibling(answer: Answer, dice: random.Random) -> None:
    """Redirect to another path or host that exists."""
    answer.status = dice.choice((b"301", b"302", b"307"))
    path = dice.choice((b"/news/1", b"/feed.xml", b"/robots.txt", b"//127.2.0.%d/news/2" % dice.randint(1, 9)))
    answer.replace_header(b"Location", path)


def odd_header(answer: Answer, dice: random.Random) -> None:
    """Give a header a value that no server should send."""
    value = dice.choice(ODD_TEXTS)
    if dice.random() < 0.8:  # bare line ends break the head itself: rarely
        value = value.replace(b"\r", b"").replace(b"\n", b"")
    answer.replace_header(dice.choice(HEADERS), value)


def many_headers(answer: Answer, dice: random.Random) -> None:
    """Send hundreds of headers, or one that stands several times."""
    name = dice.choice(HEADERS)
    answer.headers += [(name, b"%d" % number) for number in range(dice.choice((2, 90, 400)))]


def odd_status(answer: Answer, dice: random.Random) -> None:
    """Answer with an uncommon or impossible status."""
    answer.status = dice.choice(STATUSES)


def odd_version(answer: Answer, dice: random.Random) -> None:
    """Begin with something that is no HTTP version."""
    answer.version = dice.choice((b"HTTP/0.9", b"HTTP/1.0", b"HTTP/3.7", b"ICY", b"", b"\x16\x03\x01", b"SSH-2.0"))


def wrong_length(answer: Answer, dice: random.Random) -> None:
    """State another length than is sent."""
    answer.replace_header(
        b"Content-Length", dice.choice((b"0", b"5", b"-1", b"1e3", b"99999999999", b"", b"7, 8", b"x"))
    )


def broken_chunks(answer: Answer, dice: random.Random) -> None:
    """Say ``chunked`` and send chunks that are none, or end too early."""
    answer.headers = [pair for pair in answer.headers if pair[0] != b"Content-Length"]
    answer.replace_header(b"Transfer-Encoding", b"chunked")
    size = len(answer.body)
    head = dice.choice((b"%x" % size, b"%x;ext=1" % size, b"zz", b"-5", b"f" * 20, b""))
    answer.body = head + b"\r\n" + answer.body + dice.choice((b"\r\n0\r\n\r\n", b"", b"\r\n", b"\r\n0\r\nX: y\r\n\r\n"))


def odd_encoding(answer: Answer, dice: random.Random) -> None:
    """State a content encoding that is unknown, or not that of the body."""
    answer.replace_header(b"Content-Encoding", dice.choice(ENCODINGS))
    if dice.random() < 0.5:
        answer.body = gzip.compress(answer.body * dice.choice((1, 1, 200)))
    answer.replace_header(b"Content-Length", b"%d" % len(answer.body))


def odd_charset(answer: Answer, dice: random.Random) -> None:
    """State a character set that is unknown, or not that of the body."""
    answer.replace_header(b"Content-Type", b"text/html; charset=" + dice.choice(CHARSETS))


def insert(answer: Answer, dice: random.Random) -> None:
    """Put something between two tags of the body."""
    places = [match.start() for match in re.finditer(rb"[<\n]", answer.body)] or [0]
    at = dice.choice(places)
    answer.body = answer.body[:at] + dice.choice(INSERTS) + answer.body[at:]
    answer.replace_header(b"Content-Length", b"%d" % len(answer.body))


def odd_link(answer: Answer, dice: random.Random) -> None:
    """Change the addresses that the body names."""
    target = dice.choice(ODD_ADDRESSES)
    answer.body = re.sub(rb"http://[^<'\" ]+", lambda match: target if dice.random() < 0.4 else match[0], answer.body)
    answer.replace_header(b"Content-Length", b"%d" % len(answer.body))


def flip_bytes(answer: Answer, dice: random.Random) -> None:
    """Change single bytes."""
    body = bytearray(answer.body)
    for _ in range(dice.choice((1, 5, 50)) if body else 0):
        body[dice.randrange(len(body))] = dice.randrange(256)
    answer.body = bytes(body)


def cut(answer: Answer, dice: random.Random) -> None:
    """Close the connection before the end."""
    answer.cut_at = dice.choice((0, 1, 12, 40, dice.randrange(1, max(2, len(answer.wire())))))


def drip(answer: Answer, dice: random.Random) -> None:
    """Send slowly."""
    answer.drip = True


def nothing(answer: Answer, dice: random.Random) -> None:
    """Send no body, or only white space."""
    answer.body = dice.choice((b"", b" ", b"\n" * 4000))
    answer.replace_header(b"Content-Length", b"%d" % len(answer.body))


MUTATIONS: tuple[Mutation, ...] = (
    redirect, redirect_to_sibling, odd_header, odd_header, odd_header, many_headers, odd_status, odd_version,
    wrong_length, broken_chunks, odd_encoding, odd_charset, insert, insert, insert, odd_link, odd_link, flip_bytes,
    flip_bytes, cut, drip, nothing,
)  # fmt: skip
"""What can happen to an answer; what stands several times happens more often."""
