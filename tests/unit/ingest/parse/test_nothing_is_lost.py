"""Every letter of a plain text is in its text or in what was dropped."""

import random

from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate
from quotewire_ingest.parse.line_wrapping.paragraphs import join_wrapped_lines
from quotewire_ingest.parse.normalization import normalize_text
from quotewire_ingest.rejection import Rejected

PIECES = [
    "\n", "\n", "\n\n", " ", "   ", "\t", "> ", ">> ", "- ", "— ", "* ", "1. ", "a) ", "the dome", "is", "Late",
    "KELDE", "said", "“No.”", "“", "”", '"', "obser-", "\u00ad", "语言", "。", "ภาษา", ".", "?", "…", "...", "|",
    "By Tove Ansgar", "3 March 2026", "Subject: x", "From: y", "https://a.example/c", "Related:", "Share this",
    "é", "ا", "한국",
]  # fmt: skip


def letters(text: str) -> list[str]:
    return sorted(filter(str.isalnum, text))


def test_every_letter_is_kept_or_dropped_with_a_reason() -> None:
    chance = random.Random(15)
    for _ in range(2000):
        pieces = chance.choices(PIECES, k=chance.randint(1, 40))
        try:
            text = normalize_text("".join(piece + chance.choice(("", " ")) for piece in pieces))
        except Rejected:
            continue
        cleaned = drop_boilerplate(join_wrapped_lines(text))
        assert letters(cleaned.text + "".join(entry.text for entry in cleaned.dropped)) == letters(text), text
