"""Plain text: what is no part of the article goes, with its reason; what is part of it stays."""

import pytest

from quotewire_ingest.clean import clean, is_sentence

BODY = [
    "The ferry to Oststrand was late again on Monday, the harbour master Ilvane Morrec said.",
    "“Nobody told us,” Morrec said.",
    "What comes next",
    "The council will meet on Thursday and decide whether the old pier can be used in the meantime.",
]


def reasons(text: str) -> list[tuple[str, str]]:
    return [(entry.reason, entry.text) for entry in clean(text).dropped]


def test_clean_text_is_left_alone() -> None:
    assert clean("\n".join(BODY)).text == "\n".join(BODY)
    assert reasons("\n\n".join(BODY)) == []


def test_blank_lines_between_paragraphs_stay() -> None:
    assert clean("\n\n".join(BODY)).text == "\n\n".join(BODY)


def test_a_first_line_that_is_no_sentence_is_the_title() -> None:
    cleaned = clean("\n".join(["Ferry late again at Oststrand", *BODY]))
    assert cleaned.title == "Ferry late again at Oststrand"
    assert cleaned.text == "\n".join(BODY)


def test_a_first_sentence_is_no_title() -> None:
    assert clean("\n".join(BODY)).title is None


def test_a_line_printed_twice_is_a_caption() -> None:
    caption = "The empty berth at Oststrand, March 2, 2026."
    cleaned = clean("\n".join([BODY[0], caption, caption, BODY[3]]))
    assert cleaned.captions == [caption]
    assert cleaned.text == f"{BODY[0]}\n{BODY[3]}"


def test_a_refrain_is_no_caption() -> None:
    refrain = "No, she said, and no again."
    assert clean("\n".join([BODY[0], refrain, refrain, refrain, BODY[3]])).text.count(refrain) == 3


def test_a_label_takes_the_links_after_it_along() -> None:
    text = "\n".join([*BODY, "Related:", "- The pier that nobody wanted", "- Council to meet on Thursday"])
    assert reasons(text) == [
        ("related_label", "Related:"),
        ("related_link", "- The pier that nobody wanted"),
        ("related_link", "- Council to meet on Thursday"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Share this article", "furniture"),
        ("This website uses cookies.", "furniture"),
        ("(Reporting by Runa Veld; Editing by Teodor Quist)", "credits"),
        ("Subscribe to our newsletter and get the news from the harbour every morning.", "reader_call"),
        ("Old pier to be torn down, says builder who has seen the…", "edge"),
        ("Who needs an old pier? Builder tells what he saw Below the planks…", "edge"),
    ],
)
def test_lines_at_the_end(line: str, reason: str) -> None:
    cleaned = clean("\n".join([*BODY, line]))
    assert cleaned.text == "\n".join(BODY)
    assert [entry.reason for entry in cleaned.dropped] == [reason]


LIST = ["Oststrand: three boats late", "Südsund: one boat late", "Morrec pier: none, for once"]
LEAKY = ["Share this article", "Advertisement", "Print"]


def test_a_list_at_the_end_of_a_clean_text_stays() -> None:
    assert clean("\n".join([*BODY, *LIST])).text == "\n".join([*BODY, *LIST])


def test_the_same_lines_at_the_end_of_a_text_that_leaks_go() -> None:
    assert clean("\n".join([*LEAKY, *BODY, *LIST])).text == "\n".join(BODY)


def test_a_short_last_sentence_stays_even_there() -> None:
    assert clean("\n".join([*LEAKY, *BODY, "The ferry will wait."])).text == "\n".join([*BODY, "The ferry will wait."])


def test_two_equal_rows_of_a_table_are_no_captions() -> None:
    text = "\n".join([BODY[0], "Boat\tPier\tLate", "Boat\tPier\tLate", BODY[3]])
    assert clean(text).text == text


def test_following_official_advice_is_no_call_to_readers() -> None:
    last = "The council urged residents to stay away from the old pier, follow official guidance and wait for the works"
    assert clean("\n".join([*BODY, last])).text.endswith(last)


def test_every_line_is_either_kept_or_dropped_with_a_reason() -> None:
    lines = ["Menu", "Ferry late again at Oststrand", "March 2, 2026", *BODY, "XS", "SM"]
    cleaned = clean("\n".join(lines))
    assert sorted([*cleaned.text.split("\n"), *(entry.text for entry in cleaned.dropped)]) == sorted(lines)


def test_a_text_without_any_sentence_is_kept() -> None:
    assert clean("Ferry\nPier\nHarbour").text == "Ferry\nPier\nHarbour"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (BODY[0], True),
        ("“We are late,” she said.", True),
        ("What comes next", False),
        ("Old pier to be torn down, says builder who has seen the…", False),
        ("フェリーは月曜日にまた遅れたと港長のモレックさんは夕方に述べた。", True),
    ],
)
def test_is_sentence(line: str, expected: bool) -> None:
    assert is_sentence(line) is expected
