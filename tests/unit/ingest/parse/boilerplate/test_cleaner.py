"""Boilerplate is dropped from plain text with its reason, and the lines of the article stay."""

import pytest

from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate

BODY = [
    "The ferry to Oststrand was late again on Monday, the harbour master Ilvane Morrec said.",
    "“Nobody told us,” Morrec said.",
    "What comes next",
    "The council will meet on Thursday and decide whether the old pier can be used in the meantime.",
]


def reasons(text: str) -> list[tuple[str, str]]:
    return [(entry.reason, entry.text) for entry in drop_boilerplate(text).dropped]


def test_a_text_without_boilerplate_stays_as_it_is() -> None:
    assert drop_boilerplate("\n".join(BODY)).text == "\n".join(BODY)
    assert reasons("\n\n".join(BODY)) == []


def test_blank_lines_between_paragraphs_stay() -> None:
    assert drop_boilerplate("\n\n".join(BODY)).text == "\n\n".join(BODY)


def test_a_first_line_that_is_no_sentence_is_the_title() -> None:
    cleaned = drop_boilerplate("\n".join(["Ferry late again at Oststrand", *BODY]))
    assert cleaned.title == "Ferry late again at Oststrand"
    assert cleaned.text == "\n".join(BODY)


def test_a_first_sentence_is_no_title() -> None:
    assert drop_boilerplate("\n".join(BODY)).title is None


def test_a_line_printed_twice_is_a_caption() -> None:
    caption = "The empty berth at Oststrand, March 2, 2026."
    cleaned = drop_boilerplate("\n".join([BODY[0], caption, caption, BODY[3]]))
    assert cleaned.captions == [caption]
    assert cleaned.text == f"{BODY[0]}\n{BODY[3]}"


def test_a_refrain_is_no_caption() -> None:
    refrain = "No, she said, and no again."
    assert drop_boilerplate("\n".join([BODY[0], refrain, refrain, refrain, BODY[3]])).text.count(refrain) == 3


def test_a_label_is_dropped_with_the_links_after_it() -> None:
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
def test_boilerplate_at_the_end_is_dropped(line: str, reason: str) -> None:
    cleaned = drop_boilerplate("\n".join([*BODY, line]))
    assert cleaned.text == "\n".join(BODY)
    assert [entry.reason for entry in cleaned.dropped] == [reason]


LIST = ["Oststrand: three boats late", "Südsund: one boat late", "Morrec pier: none, for once"]


BOILERPLATE = ["Share this article", "Advertisement", "Print", "Menu"]


def test_a_list_at_the_end_of_a_text_without_boilerplate_stays() -> None:
    assert drop_boilerplate("\n".join([*BODY, *LIST])).text == "\n".join([*BODY, *LIST])


def test_a_list_at_the_end_of_a_text_with_boilerplate_is_dropped() -> None:
    assert drop_boilerplate("\n".join([*BOILERPLATE, *BODY, *LIST])).text == "\n".join(BODY)


def test_a_short_last_sentence_of_a_text_with_boilerplate_stays() -> None:
    assert drop_boilerplate("\n".join([*BOILERPLATE, *BODY, "The ferry will wait."])).text == "\n".join(
        [*BODY, "The ferry will wait."]
    )


def test_two_equal_rows_of_a_table_are_no_captions() -> None:
    text = "\n".join([BODY[0], "Boat\tPier\tLate", "Boat\tPier\tLate", BODY[3]])
    assert drop_boilerplate(text).text == text


def test_advice_to_follow_officials_is_no_call_to_readers() -> None:
    last = "The council urged residents to stay away from the old pier, follow official guidance and wait for the works"
    assert drop_boilerplate("\n".join([*BODY, last])).text.endswith(last)


def test_a_heading_like_a_label_stays_where_short_sentences_follow() -> None:
    text = "\n".join([*BODY[:2], "UP NEXT", "Oststrand: Plays at Südsund on Friday.", BODY[3]])
    assert drop_boilerplate(text).text == text


def test_a_heading_that_asks_to_share_is_no_share_button() -> None:
    text = "\n".join([*BODY[:2], "Share this information, please?", BODY[3]])
    assert drop_boilerplate(text).text == text


SUMMARY = "The ferry of the harbour master was late on Monday and nobody at the old pier was told in the meantime"


def test_a_summary_without_full_stop_stays_in_a_text_with_boilerplate() -> None:
    cleaned = drop_boilerplate("\n".join([*BOILERPLATE, "Ferry late again at Oststrand", SUMMARY, *BODY]))
    assert cleaned.text == "\n".join([SUMMARY, *BODY])


@pytest.mark.parametrize(
    "teaser",
    [
        "Builders Say That The Harbour Master Was Late On Monday And That Nobody At The Old Pier Was Told",
        "what a tailor in the upper town thinks of blue cloth, of green cloth and of cloth with stripes",
        "The ferry of the harbour master was late on Monday and nobody at the old pier was told in the…",
    ],
)
def test_a_long_teaser_before_the_text_is_dropped(teaser: str) -> None:
    cleaned = drop_boilerplate("\n".join([*BOILERPLATE, "Ferry late again at Oststrand", teaser, *BODY]))
    assert cleaned.text == "\n".join(BODY)


@pytest.mark.parametrize(
    "caption",
    [
        "The empty berth at Oststrand. (AP Photo/Runa Veld)",
        "The empty berth at Oststrand, seen from the pier. (Image credit: Harbour Post)",
        "The empty berth at Oststrand Runa Veld/Getty Images",
        "The empty berth at Oststrand. Photo: Runa Veld",
        "The empty berth at Oststrand. [File: Reuters]",
    ],
)
def test_a_line_that_ends_with_a_picture_credit_is_a_caption(caption: str) -> None:
    cleaned = drop_boilerplate("\n".join([BODY[0], caption, *BODY[1:]]))
    assert cleaned.captions == [caption]
    assert cleaned.text == "\n".join(BODY)


@pytest.mark.parametrize(
    "line",
    [
        "The port put a machine before its doors that reads pictures (throw in some images and ask a question).",
        "Morrec sent the same photo to the council (and a second one by post) before she told AFP.",
        "The council called it the electronic ferry file (eFF), which nobody has seen so far (EPAs have not either).",
        "The pier will be open again in March, the harbour master of Oststrand said on Monday. (Reuters)",
        "Morrec, who said so first, was quoted by nobody else on Monday (AP reported it two days later).",
        "He painted a bleak picture: “no money, no boats and no hope”",
    ],
)
def test_brackets_at_the_end_of_a_sentence_are_no_picture_credit(line: str) -> None:
    assert line in drop_boilerplate("\n".join([BODY[0], line, BODY[3]])).text


def test_a_picture_credit_alone_is_no_caption() -> None:
    cleaned = drop_boilerplate("\n".join([BODY[0], "Photo: Runa Veld", *BODY[1:]]))
    assert (cleaned.captions, [entry.reason for entry in cleaned.dropped]) == ([], ["credits"])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "We use cookies and other tracking technologies to improve your browsing experience on our site.",
            "furniture",
        ),
        (
            "Get our weekly harbour newsletter, written by people who have waited for the ferry themselves.",
            "reader_call",
        ),
        (
            "This picture comes from Tamvid, which may be using cookies and other tools, and needs your consent.",
            "furniture",
        ),
        ("Support our reporting from the harbour and sign up for the newsletter that tells of it.", "reader_call"),
        ("By clicking Accept, you agree to our terms of use and to what follows from them.", "reader_call"),
    ],
)
def test_notices_and_calls_are_dropped_from_the_middle(line: str, reason: str) -> None:
    cleaned = drop_boilerplate("\n".join([*BODY[:2], line, *BODY[2:]]))
    assert cleaned.text == "\n".join(BODY)
    assert [entry.reason for entry in cleaned.dropped] == [reason]


@pytest.mark.parametrize(
    "line",
    [
        "“We use cookies only to feed the gulls of the harbour,” said Morrec, who bakes them on Sundays.",
        "Get there early, Morrec said, and bring a coat, because the newer boats are the colder ones.",
        "Support for membership of the harbour union rose to 61 percent in March, the pollster said.",
        "Join the union or lose the vote on membership, the harbour master told the ferrymen on Monday.",
        "By choosing the terms of the truce, the harbour master took a risk, the ferrymen said.",
        "Download speeds doubled after the alerts were switched off, the ferry company said.",
        "The scouts of Oststrand sold thousands of cookies on the ferry this year, which is a record.",
        "The regulator fined the ferry company for using tracking cookies without asking anybody.",
        "The paper wrote to the ferrymen about cookies and about the law that forbids them.",
    ],
)
def test_news_in_the_words_of_notices_and_calls_stays(line: str) -> None:
    assert line in drop_boilerplate("\n".join([*BODY[:2], line, *BODY[2:]])).text


@pytest.mark.parametrize(
    "line",
    [
        "He posted the picture of the pier on Facebook on Sunday, a day before the ferry sank.",
        "The company is an affiliate of the state railway, which owns the pier as well.",
        "The bakery at the pier sold two million cookies in March, it said.",
        "He will follow her to Oststrand.",
    ],
)
def test_a_last_sentence_in_the_words_of_a_call_stays(line: str) -> None:
    assert drop_boilerplate("\n".join([*BODY, line])).text.endswith(line)


def test_every_line_is_either_kept_or_dropped_with_a_reason() -> None:
    lines = ["Menu", "Ferry late again at Oststrand", "March 2, 2026", *BODY, "XS", "SM"]
    cleaned = drop_boilerplate("\n".join(lines))
    assert sorted([*cleaned.text.split("\n"), *(entry.text for entry in cleaned.dropped)]) == sorted(lines)


def test_a_text_without_any_sentence_is_kept() -> None:
    assert drop_boilerplate("Ferry\nPier\nHarbour").text == "Ferry\nPier\nHarbour"
