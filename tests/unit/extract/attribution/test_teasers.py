"""Headings in marks and teasers for other articles are not quotations."""

from __future__ import annotations

from kit.annotated import quotation
from quotewire_extract.attribution.context import ArticleContext
from quotewire_extract.attribution.teasers import drop_teasers
from quotewire_extract.quotation import Quotation


def kept(text: str, *quotations: Quotation) -> list[Quotation]:
    return drop_teasers(ArticleContext(text, [0], [], []), list(quotations))


def test_a_heading_in_marks_is_no_quotation() -> None:
    text = "‘A cold spring’\nPaula Sand said it rained."
    spoken = quotation(text, "it rained", "Paula Sand", "said")
    assert kept(text, quotation(text, "‘A cold spring’"), spoken) == [spoken]


def test_a_whole_sentence_in_marks_stays() -> None:
    text = "Paula Sand was tired.\n“I have had enough.”"
    assert len(kept(text, quotation(text, "“I have had enough.”"))) == 1


def test_a_list_of_related_articles_is_dropped() -> None:
    text = "It rained.\nRelated:\n- BBX: Sand warns of storm\n- Ruiz calls rain “a gift”\nAna Ruiz said it rained."
    found = [
        quotation(text, "storm", "Sand", "warns"),
        quotation(text, "“a gift”", "Ruiz", "calls"),
        quotation(text, "it rained", "Ana Ruiz", "said"),
    ]
    assert kept(text, *found) == found[2:]


def test_lines_cut_short_one_after_another_are_teasers() -> None:
    text = "Ruiz calls it nonsense as gold…\nMarkets slide since…\nAna Ruiz said it rained…"
    found = [quotation(text, "nonsense", "Ruiz", "calls")]
    assert kept(text, *found) == []
    alone = "Ana Ruiz said it rained and rained…"
    assert len(kept(alone, quotation(alone, "it rained", "Ana Ruiz", "said"))) == 1
