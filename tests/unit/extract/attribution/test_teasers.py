"""Headings in marks and teasers for other articles are no quotations."""

from __future__ import annotations

from kit.annotated import quotation
from quotewire_extract.attribution.teasers import without_teasers


def test_a_heading_in_marks_is_no_quotation() -> None:
    text = "‘A cold spring’\nPaula Sand said it rained."
    kept = without_teasers(
        text, [quotation(text, "‘A cold spring’"), quotation(text, "it rained", "Paula Sand", "said")]
    )
    assert [text[slice(*q.content[0])] for q in kept] == ["it rained"]


def test_a_whole_sentence_in_marks_stays() -> None:
    text = "Paula Sand was tired.\n“I have had enough.”"
    assert len(without_teasers(text, [quotation(text, "“I have had enough.”")])) == 1


def test_a_list_of_related_articles_is_left_out() -> None:
    text = "It rained.\nRelated:\n- BBX: Sand warns of storm\n- Ruiz calls rain “a gift”\nAna Ruiz said it rained."
    found = [
        quotation(text, "storm", "Sand", "warns"),
        quotation(text, "“a gift”", "Ruiz", "calls"),
        quotation(text, "it rained", "Ana Ruiz", "said"),
    ]
    assert without_teasers(text, found) == found[2:]


def test_lines_cut_short_one_after_another_are_teasers() -> None:
    text = "Ruiz calls it nonsense as gold…\nMarkets slide since…\nAna Ruiz said it rained…"
    found = [quotation(text, "nonsense", "Ruiz", "calls")]
    assert without_teasers(text, found) == []
    alone = "Ana Ruiz said it rained and rained…"
    assert len(without_teasers(alone, [quotation(alone, "it rained", "Ana Ruiz", "said")])) == 1
