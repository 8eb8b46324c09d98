"""Text that was decoded in the wrong encoding is repaired; all other text stays as it is, to the character."""

from datetime import UTC, datetime

import pytest

from quotewire_ingest.model import Document, DocumentKind
from quotewire_ingest.parse.mojibake import repair_mojibake
from quotewire_ingest.parse.normalization import normalize_text
from quotewire_ingest.parse.parser import parse_document
from quotewire_ingest.sources.feeds import parse_feed

NOW = datetime(2026, 3, 4, tzinfo=UTC)
RIGHT = [
    "“Nobody looks down,” said Tove Ansgar – the keeper’s “last word” … at Velbrück’s café.",
    "Žofie Čapková, Łukasz Żuk, Gülşen Öz, Þórdís Ægisdóttir, Søren Åkerblom and Nguyễn Thị Ánh",
    "La haine coûte 5 £ à l’État ; « À PARIS », l’ÉTÉ…",
    "„Wir hören auf“, sagte die Wärterin für 3 € am Café „Süß“.",
    "Обсерватория на горе Келде закроет купол; Різдво в Києві, РІСТ ЦІН",
    "Το παρατηρητήριο θα κλείσει «Αύριο»",
    "天文台将于五月一日关闭圆顶。",
    "AÇÃO À VISTA: SÃO JOÃO É “FESTA”",
    "±5 °C, 10 µm, x² × y³, §4, ½ pound, £5 or ¥900, © 2026",
]


@pytest.mark.parametrize("text", RIGHT)
def test_right_text_stays(text: str) -> None:
    assert repair_mojibake(text) == text


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
@pytest.mark.parametrize("text", RIGHT)
def test_damaged_text_is_repaired(text: str, encoding: str) -> None:
    damaged = "".join(_decode(byte, encoding) for byte in text.encode())
    assert repair_mojibake(damaged) == text
    assert normalize_text(damaged) == normalize_text(text)


def _decode(byte: int, encoding: str) -> str:
    """Decode a byte as browsers do: what Windows-1252 leaves undefined is a control character."""
    return bytes([byte]).decode(encoding if byte not in b"\x81\x8d\x8f\x90\x9d" else "latin-1")


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("â€œNobody looks down,â€ said Tove Ansgar. â€œNobody.â€", "“Nobody looks down,” said Tove Ansgar. “Nobody.”"),
        ("Itâ€™s the keeperâ€™s “last word” at the café", "It’s the keeper’s “last word” at the café"),
        ("VoilÃ  le ciel, Ã  bientÃ´t", "Voilà le ciel, à bientôt"),
        ("ÃƒÂ©toile", "étoile"),
        ("РќРёРєС‚Рѕ", "Никто"),
    ],
)
def test_damage_of_other_kinds(damaged: str, text: str) -> None:
    assert repair_mojibake(damaged) == text


def test_only_the_damaged_lines_of_a_text_change() -> None:
    lines = [*RIGHT, "It isnâ€™t the last.", *RIGHT]
    assert repair_mojibake("\n".join(lines)).split("\n") == [*RIGHT, "It isn’t the last.", *RIGHT]


def test_title_text_and_authors_of_a_page() -> None:
    paragraph = "â€œNobody looks down on the way to the stars,â€\x9d said Tove Ansgar, who looks after the dome. " * 4
    page = (
        '<html><head><meta property="og:title" content="The keeperâ€™s last word">'
        '<meta name="author" content="Tove MÃ¼ller"></head><body><article><h1>The keeperâ€™s last word</h1>'
        f"<p>{paragraph}</p><p>{paragraph}</p></article></body></html>"
    )
    document = Document("a", page.encode(), DocumentKind.HTML, "post", "a", NOW, url="https://post.example/a-b-c-1")
    parsed = parse_document(document, 50_000)
    assert (parsed.title, parsed.authors) == ("The keeper’s last word", ["Tove Müller"])
    assert parsed.text.startswith("“Nobody looks down on the way to the stars,” said Tove Ansgar")


def test_title_of_a_feed() -> None:
    feed = (
        "<rss version='2.0'><channel><item><title>The keeperâ€™s word</title><link>https://post.example/a</link></item>"
    )
    [entry] = parse_feed(f"{feed}</channel></rss>".encode(), "https://post.example/feed", NOW).entries
    assert entry.hints.title == "The keeper’s word"
