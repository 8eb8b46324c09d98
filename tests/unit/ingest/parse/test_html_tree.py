"""Bodies of other formats, and bodies that would take the parser too long, are rejected."""

import pytest

from kit.pages import PARAGRAPHS, html, parse
from quotewire_ingest.rejection import Rejected, RejectionReason

ENTITIES = "<!ENTITY e0 'the ferry was late '>" + "".join(
    f"<!ENTITY e{level} '{f'&e{level - 1};' * 10}'>" for level in range(1, 10)
)
"""Ten thousand million times the same words, to a parser that believes them."""


def rejection(body: str | bytes) -> RejectionReason:
    with pytest.raises(Rejected) as rejected:
        parse(body)
    return rejected.value.reason


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
def test_bodies_that_are_no_article_are_rejected(body: str | bytes, reason: RejectionReason) -> None:
    assert rejection(body) is reason


def test_endless_nesting_is_rejected() -> None:
    body = "<html><body>" + "<div>" * 20_000 + "<p>" + "</p><p>".join(PARAGRAPHS) + "</p>"
    assert rejection(body) in (RejectionReason.NO_TEXT, RejectionReason.NOT_A_PAGE)


def test_an_xhtml_page_is_a_page() -> None:
    assert parse("<?xml version='1.0' encoding='utf-8'?>\n" + html()).text.split("\n") == PARAGRAPHS


def test_nul_and_control_characters_are_removed() -> None:
    body = html(paragraphs=[paragraph.replace("ferry", "fer\0ry\x07") for paragraph in PARAGRAPHS])
    assert "\0" not in parse(body).text
    assert "The ferry to Oststrand" in parse(body).text
