"""The title of a plain text is a line above the text that is no sentence."""

import pytest

from quotewire_ingest.parse.boilerplate.cleaner import drop_boilerplate

TEXT = "The observatory on Mount Kelde will close its dome to visitors from the first of May, the keeper said."


@pytest.mark.parametrize(
    "title",
    [
        "The road to the stars sinks into the bog",
        "Dome closed",
        "Closed",
        "Who will count the stars?",
        "Keeper of the dome: “Nobody looks down on the way to the stars”",
        "Mt. Kelde loses its dome and St. Velbrück its only road",
        "THE ROAD TO THE STARS SINKS INTO THE BOG",
        "Ministry of roads sells land to Bog & Sons Inc.",
    ],
)
def test_a_line_apart_that_is_no_sentence_is_the_title(title: str) -> None:
    cleaned = drop_boilerplate(f"{title}\n\n{TEXT}")
    assert (cleaned.title, cleaned.text) == (title, TEXT)
    assert [(entry.reason, entry.text) for entry in cleaned.dropped] == [("title", title)]


@pytest.mark.parametrize(
    "first",
    [
        "Tove Ansgar will not resign.",
        "The dome is closed.",
        "“Nobody looks down,” said Tove Ansgar.",
        "“Nobody.”",
        "“We measured the road with a broomstick and it was too short”",
        "She asked: “Who will count the stars?”",
    ],
)
def test_a_short_first_sentence_is_text(first: str) -> None:
    cleaned = drop_boilerplate(f"{first}\n\n{TEXT}")
    assert (cleaned.title, cleaned.text, cleaned.dropped) == (None, f"{first}\n\n{TEXT}", [])


def test_a_title_above_short_sentences() -> None:
    cleaned = drop_boilerplate("Dome closed\n\nTove Ansgar will not resign.\n\n“Never,” she said.")
    assert (cleaned.title, cleaned.text) == ("Dome closed", "Tove Ansgar will not resign.\n\n“Never,” she said.")


def test_a_line_that_the_next_one_continues_is_no_title() -> None:
    text = f"The observatory on Mount Kelde\nwill close.\n\n{TEXT}"
    cleaned = drop_boilerplate(text)
    assert (cleaned.title, cleaned.text) == (None, text)


def test_a_longer_line_is_the_title_rather_than_the_label_above_it() -> None:
    cleaned = drop_boilerplate(f"Science\n\nThe road to the stars sinks into the bog\n\n{TEXT}")
    assert cleaned.title == "The road to the stars sinks into the bog"
    assert [entry.text for entry in cleaned.dropped] == ["Science", cleaned.title]


def test_names_above_the_text_stay() -> None:
    text = f"Tove Ansgar\nRuna Veld\nBo Quist\nIlvane Morrec\n\n{TEXT}"
    cleaned = drop_boilerplate(text)
    assert (cleaned.title, cleaned.text) == (None, text)


def test_a_list_is_no_title() -> None:
    text = f"Tove Ansgar, 61, keeper\nRuna Veld, 44, engineer\nBo Quist, 30, driver\n\n{TEXT}"
    cleaned = drop_boilerplate(text)
    assert (cleaned.title, cleaned.text) == (None, text)


def test_a_title_above_a_list() -> None:
    names = "Tove Ansgar\nRuna Veld\nBo Quist\nIlvane Morrec"
    cleaned = drop_boilerplate(f"Who will lose the dome\n\n{names}\n\n{TEXT}")
    assert (cleaned.title, cleaned.text) == ("Who will lose the dome", f"{names}\n\n{TEXT}")


def test_the_subject_of_an_e_mail_is_its_title() -> None:
    headers = ["From: Runa Veld <runa@post.example>", "To: the desk", "Subject: The dome", "Date: 4 March 2026"]
    cleaned = drop_boilerplate("\n".join([*headers, "", TEXT]))
    assert (cleaned.title, cleaned.text) == ("The dome", TEXT)
    assert [(entry.reason, entry.text) for entry in cleaned.dropped] == [
        ("furniture", headers[0]), ("furniture", headers[1]), ("title", headers[2]), ("date_line", headers[3]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "Read more slowly, the keeper told the pupils, since there are only nine stars.",
        "Subscribe to the theory that the bog is bottomless, said Bo Quist, and you will never build a road.",
        "Click here, says the sign.",
        "Everybody in the valley contributed to the road, said Quist.",
        "Sign up for the newsletter of the bog, the minister told our keeper, and you will know when it moves.",
        "“I do not know whether the road will last another winter…”",
        "By May the dome had closed.",
        "The keeper left on 4 March 2026.",
    ],
)
def test_sentences_that_resemble_boilerplate_stay_at_both_edges(line: str) -> None:
    text = f"{line}\n\n{TEXT}\n\nNobody in the ministry answered the letters of the keeper, she said.\n\n{line}"
    assert drop_boilerplate(text).text == text
