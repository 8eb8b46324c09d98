"""The encoding of a page."""

import pytest

from kit.pages import PARAGRAPHS, html, parse


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
def test_the_encoding_is_decided(encoding: str, head: str, header: str | None) -> None:
    word = "Бухта" if encoding == "windows-1251" else "Fährmann “Träne”"
    page = html(head, paragraphs=[f"{word}. {paragraph}" for paragraph in PARAGRAPHS])
    page = page.replace('<meta charset="utf-8">', "").replace("“", '"').replace("”", '"')
    assert word.replace("“", '"').replace("”", '"') in parse(page.encode(encoding), charset=header).text


def test_utf8_with_a_damaged_byte_stays_utf8() -> None:
    body = (
        html(paragraphs=[f"Fähre. {paragraph}" for paragraph in PARAGRAPHS * 20])
        .encode()
        .replace(b"again", b"ag\xffin", 1)
    )
    assert "Fähre. The ferry" in parse(body).text
