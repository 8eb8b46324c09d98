"""What stands before the first sentence of a plain text and after the last is dropped where boilerplate is around."""

from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate

BOILERPLATE = ["Share this article", "Advertisement", "Print", "Menu"]
BODY = [
    "The observatory on Mount Kelde will close its dome to visitors from the first of May, the keeper said.",
    "The road that leads to it is sinking into the bog by a hand's breadth a year, and nobody will lift it.",
    "Some 4,000 people came last year, most of them on the night of the eclipse, and waited at the foot of the hill.",
] * 4
HEADLINES = [f"Another headline of the day, number {number}" for number in range(25)]
FOOTER = "All prices are in crowns and include the tax of the province."


def test_sentences_of_the_page_far_below_the_text_are_dropped_with_what_is_between() -> None:
    cleaned = drop_boilerplate("\n".join([*BOILERPLATE, *BODY, *HEADLINES, FOOTER]))
    assert cleaned.text == "\n".join(BODY)
    assert [entry.text for entry in cleaned.dropped if entry.reason == "edge"] == [*HEADLINES, FOOTER]


def test_a_long_list_with_a_paragraph_below_it_is_part_of_a_text_without_boilerplate() -> None:
    text = "\n".join([*BODY, *HEADLINES, FOOTER])
    assert drop_boilerplate(text).text == text


def test_what_somebody_said_below_a_long_list_stays() -> None:
    last = "The keeper told us that she would count them all again."
    cleaned = drop_boilerplate("\n".join([*BOILERPLATE, *BODY, *HEADLINES, last]))
    assert cleaned.text == "\n".join([*BODY, *HEADLINES, last])


def test_where_hardly_anything_is_a_sentence_all_lines_stay() -> None:
    rest = ["Battery life", BODY[0], "Keyboard", "Score: 4.5 out of 5"]
    cleaned = drop_boilerplate("\n".join([*BOILERPLATE, "The new lens of the observatory", *rest]))
    assert (cleaned.title, cleaned.text) == ("The new lens of the observatory", "\n".join(rest))


def test_a_place_above_the_text_stays() -> None:
    cleaned = drop_boilerplate("\n".join([*BOILERPLATE, "Science", "VELBRÜCK, KELDE", *BODY]))
    assert cleaned.text == "\n".join(["VELBRÜCK, KELDE", *BODY])


def test_a_counter_and_a_credit_above_the_text_are_dropped() -> None:
    for line in ("195 shares", "© Bo Quist", "/ Kelde News"):
        assert drop_boilerplate("\n".join([*BOILERPLATE, line, *BODY])).text == "\n".join(BODY)


def test_notices_below_the_text_are_calls_to_readers() -> None:
    notices = [
        "This site uses Akismet to reduce spam and to learn from it.",
        "Please keep comments short, and leave the owls of the dome in peace.",
        "If you buy a lamp through this page, we may get a share of the sale.",
    ]
    cleaned = drop_boilerplate("\n".join([*BODY, *notices]))
    assert cleaned.text == "\n".join(BODY)
    assert {entry.reason for entry in cleaned.dropped} == {"reader_call"}
