"""What JSON-LD states as the body of an article, and the page does not show."""

import pytest

from kit.pages import NEWS, PARAGRAPHS, html, parse


@pytest.mark.parametrize("joined", ["\n\n".join(PARAGRAPHS), "".join(f"<p>{text}</p>" for text in PARAGRAPHS)])
def test_the_end_of_a_text_that_only_json_ld_has_is_taken(joined: str) -> None:
    parsed = parse(html(json_ld={**NEWS, "articleBody": joined}, paragraphs=PARAGRAPHS[:3]))
    assert parsed.text.split("\n") == PARAGRAPHS


def test_other_paragraphs_that_only_json_ld_has_are_known() -> None:
    box = "The bridge at Ostervik opens again on Friday after two years of works, the county announced."
    stated = "\n".join([PARAGRAPHS[0], box, *PARAGRAPHS[1:]])
    parsed = parse(html(json_ld={**NEWS, "articleBody": stated}))
    assert parsed.text.split("\n") == PARAGRAPHS
    assert [entry.text for entry in parsed.dropped if entry.reason == "not_taken"] == [box]


@pytest.mark.parametrize("stated", [" ".join(PARAGRAPHS), "\n".join(text[::-1] for text in PARAGRAPHS), 7, ""])
def test_a_stated_body_that_says_nothing_new_changes_nothing(stated: object) -> None:
    parsed = parse(html(json_ld={**NEWS, "articleBody": stated}))
    assert parsed.text.split("\n") == PARAGRAPHS
    assert [entry for entry in parsed.dropped if entry.reason == "not_taken"] == []
