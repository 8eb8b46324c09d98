"""The table fits its width; the page needs no other files and escapes its content."""

from __future__ import annotations

import html
import re

from kit.builders import article, enriched, quote
from quotewire_extract.rendering import html_page, quotation_table
from quotewire_schemas import Kind, Speaker, SpeakerKind


def test_the_table_says_who_said_what_within_its_columns() -> None:
    long = article("a2", text="“" + "It rains and rains. " * 20 + "”", title="A very long title " * 9)
    table = quotation_table([enriched(), enriched(long, quotes=[quote(long, long.text, speaker=None)])], 80)
    assert max(map(len, table.splitlines())) <= 80
    assert "Ilvane Morrec" in table.splitlines()[1]
    assert '"The ferry sails' in table.splitlines()[1]
    assert "unknown" in table


def test_the_table_shows_the_pronoun_after_the_name_and_marks_low_confidence() -> None:
    of = article("a3", text="Ana Ruiz came. She said it rained.")
    she = Speaker(text="She", start=15, end=18, name="Ana Ruiz", name_key="ana ruiz", kind=SpeakerKind.PERSON)
    said = quote(of, "it rained", kind=Kind.INDIRECT, flags=["low_confidence"], confidence=0.4)
    said = said.model_copy(update={"speakers": [she]})
    line = quotation_table([enriched(of, quotes=[said])]).splitlines()[1]
    assert "Ana Ruiz (She)" in line
    assert "~0.40" in line


def test_an_article_without_quotations_says_so() -> None:
    of = article("a4", text="Nothing happened.")
    assert "nobody is quoted" in quotation_table([enriched(of)])


def test_the_page_keeps_the_text_and_shows_the_speaker_in_tooltips() -> None:
    of = article("a5", text="Ana <b>Ruiz</b> came & went. She said “it & that”.")
    she = Speaker(text="She", start=29, end=32, name="Ana Ruiz", name_key="ana ruiz", kind=SpeakerKind.PERSON)
    said = quote(of, "“it & that”").model_copy(update={"speakers": [she]})
    page = html_page([enriched(of, quotes=[said])])
    shown = page.split('<p class="text">')[1].split("</p>")[0]
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)) == of.text
    assert "She = Ana Ruiz (person)" in shown
    assert "Ana Ruiz says (direct" in shown
    assert "http" not in page.split("<style>")[0]
    assert "<script" not in page


def test_overlapping_spans_are_all_highlighted() -> None:
    of = article("a6", text="Vremya said Ana said it rained.")
    page = html_page(
        [enriched(of, quotes=[quote(of, "Ana said it rained"), quote(of, "it rained", kind=Kind.INDIRECT)])]
    )
    assert 'class="direct indirect"' in page
