"""Lines of hard-wrapped text are joined into paragraphs; verses, lists, tables and dialogues keep their lines."""

import textwrap
import time

import pytest

from quotewire_ingest.parse.line_wrapping.paragraphs import join_wrapped_lines
from quotewire_ingest.parse.normalization import normalize_text

PARAGRAPHS = [
    "The observatory on Mount Kelde will close its dome to visitors from the first of May, because the road that leads "
    "to it is sinking into the bog by a hand's breadth a year.",
    "“We measured it with a broomstick,” said Tove Ansgar, who looks after the instruments. “Then we measured it "
    "again, and the broomstick was too short.”",
    "Some 4,000 people came last year, most of them on the night of the eclipse, when the buses from Velbrück had to "
    "wait at the foot of the hill until two in the morning.",
    "The ministry of roads, which paid for the asphalt in 1974, has said that it will look at the matter after the "
    "elections, and Ansgar does not believe a word of it.",
]


def wrap(paragraph: str, width: int, indent: str = "") -> str:
    return textwrap.fill(paragraph, width, initial_indent=indent, break_on_hyphens=False)


def joined(text: str) -> list[str]:
    return [line for line in join_wrapped_lines(normalize_text(text)).split("\n") if line]


@pytest.mark.parametrize("width", [40, 48, 55, 60, 65, 70, 72, 76, 80, 100])
def test_paragraphs_between_blank_lines(width: int) -> None:
    text = "\n\n".join(wrap(paragraph, width) for paragraph in PARAGRAPHS)
    assert join_wrapped_lines(text) == "\n\n".join(PARAGRAPHS)


def test_line_ends_of_windows() -> None:
    text = "\r\n\r\n".join(wrap(paragraph, 66).replace("\n", "\r\n") for paragraph in PARAGRAPHS)
    assert joined(text) == PARAGRAPHS


@pytest.mark.parametrize("width", [50, 66, 72])
def test_paragraphs_without_blank_lines_end_where_the_next_word_would_have_fitted(width: int) -> None:
    assert joined("\n".join(wrap(paragraph, width) for paragraph in PARAGRAPHS)) == PARAGRAPHS


@pytest.mark.parametrize("indent", ["  ", "    ", "\t"])
def test_indented_paragraphs(indent: str) -> None:
    text = "\n".join(["The road to the stars", *(wrap(paragraph, 60, indent) for paragraph in PARAGRAPHS)])
    assert joined(text) == ["The road to the stars", *PARAGRAPHS]


def test_an_indented_text_without_title() -> None:
    assert joined("\n\n".join(wrap(paragraph, 62, "    ") for paragraph in PARAGRAPHS)) == PARAGRAPHS


def test_double_spaced_lines() -> None:
    lines = [line for paragraph in PARAGRAPHS for line in wrap(paragraph, 66).split("\n")]
    assert joined("\n\n".join(lines)) == PARAGRAPHS


def test_a_text_that_is_indented_as_a_whole() -> None:
    text = "\n\n".join(textwrap.indent(wrap(paragraph, 64), "    ") for paragraph in PARAGRAPHS)
    assert joined(text) == PARAGRAPHS


def test_lines_of_proportional_letters_stay_below_the_width() -> None:
    text = (
        "The observatory on Mount Kelde will close its dome to\n"
        "visitors from the first of May, because the road\n"
        "that leads to it is sinking into the bog by a hand's\n"
        "breadth a year. Some 4,000 people came last year,\n"
        "most of them on the night of the eclipse, when the\n"
        "buses from Velbrück had to wait at the foot\n"
        "of the hill until two in the morning."
    )
    assert joined(text) == [" ".join(text.split())]


def test_one_break_of_one_sentence() -> None:
    assert joined("The observatory on Mount Kelde will close its dome to\nvisitors.") == [
        "The observatory on Mount Kelde will close its dome to visitors."
    ]


def test_divided_words() -> None:
    text = (
        "The obser-\nvatory will close its dome to visi-\ntors, and two- \nand three-year-old children with them, "
        "said the well-\nknown astronomer. It is a dark-sky park, and nobody wants the dark-\nsky park closed. "
        "The keeper’s obser\u00ad\nvations were right."
    )
    [line] = joined(text)
    assert "The observatory will close its dome to visitors, and two- and three-year-old" in line
    assert "the well-known astronomer" in line
    assert "the dark-sky park closed" in line
    assert "observations were right" in line


def test_a_dialogue_with_dashes() -> None:
    lines = [
        "— We measured it with a broomstick, said Tove Ansgar, who looks after the instruments.",
        "— And what did the ministry say to that, if it said anything?",
        "— That a broomstick is no instrument.",
        "— A broomstick — and I say this as an engineer — is the best instrument of all.",
    ]
    assert joined("\n".join(wrap(line, 58) for line in lines)) == lines


def test_an_interview() -> None:
    lines = [
        "POST: Why does the road to the observatory sink, and why has nobody seen it for fifty years?",
        "ANSGAR: Because nobody looks down on the way to the stars.",
        "POST: What will become of the dome when the road has gone and the buses cannot come up any more?",
        "ANSGAR: A very good place for owls, I think.",
    ]
    assert joined("\n".join(wrap(line, 58) for line in lines)) == lines


def test_quotations_of_two_speakers_on_full_lines() -> None:
    text = (
        "The two of them could not agree on who should measure the road\n"
        "again, or when, and least of all on what they would measure it\n"
        "with. Ansgar had lost patience. “With a longer broomstick.”\n"
        "“With a machine from the ministry, which has one in a cellar.”"
    )
    assert joined(text)[1] == "“With a machine from the ministry, which has one in a cellar.”"


@pytest.mark.parametrize("bullet", ["- ", "* ", "• ", "– ", "1. ", "a) "])
def test_lists_keep_their_items(bullet: str) -> None:
    items = [
        "a torch with a red glass, because white light spoils the night for everybody else",
        "bread",
        "a second pair of socks and something to sit on that does not mind the bog",
        "patience",
    ]
    text = "\n".join(
        textwrap.fill(item, 60, initial_indent=bullet, subsequent_indent=" " * len(bullet)) for item in items
    )
    assert joined(f"{wrap(PARAGRAPHS[0], 60)}\n\n{text}") == [PARAGRAPHS[0], *(bullet + item for item in items)]


POEM = """\
The road goes up, the road goes down,
The bog has all the time,
It took the chapel and the town
And left us but the rhyme.

And when the dome is closed at last
and the last bus has gone
The owls will see what we have passed
And never looked upon."""


def test_a_poem_is_not_joined() -> None:
    assert join_wrapped_lines(POEM) == POEM


def test_a_poem_in_a_wrapped_text_is_not_joined() -> None:
    text = "\n\n".join([wrap(PARAGRAPHS[0], 60), POEM, wrap(PARAGRAPHS[2], 60)])
    assert join_wrapped_lines(text) == "\n\n".join([PARAGRAPHS[0], POEM, PARAGRAPHS[2]])


def test_names_addresses_and_tables_in_a_wrapped_text_are_not_joined() -> None:
    address = "Tove Ansgar\nObservatory of Kelde\nUpper Bog Road 1\nVelbrück"
    table = "Month        Visitors     Buses\nMarch        310          12\nApril        404          15"
    text = "\n\n".join([wrap(PARAGRAPHS[0], 60), address, table, wrap(PARAGRAPHS[2], 60)])
    assert join_wrapped_lines(text) == "\n\n".join([PARAGRAPHS[0], address, table, PARAGRAPHS[2]])


def test_title_byline_and_date_above_a_wrapped_text_stay_lines() -> None:
    head = ["The road to the stars sinks into the bog", "By Runa Veld", "4 March 2026"]
    assert joined("\n".join([*head, wrap(PARAGRAPHS[0], 60)])) == [*head, PARAGRAPHS[0]]


def test_a_title_of_two_lines_in_capitals_is_joined_apart_from_the_text() -> None:
    title = "THE ROAD TO THE STARS SINKS INTO THE BOG, AND NOBODY IN THE MINISTRY WILL LIFT IT"
    text = f"{wrap(title, 60)}\n{wrap(PARAGRAPHS[0], 60)}"
    assert joined(text) == [title, PARAGRAPHS[0]]


def test_quoted_lines_of_an_e_mail_are_joined_by_depth() -> None:
    quoted = ["\n".join(f"> {line}" for line in wrap(PARAGRAPHS[1], 66).split("\n")),
              "\n".join(f">> {line}" for line in wrap(PARAGRAPHS[2], 64).split("\n"))]  # fmt: skip
    text = "\n".join([wrap(PARAGRAPHS[0], 68), "Tove wrote:", *quoted])
    assert joined(text) == [PARAGRAPHS[0], "Tove wrote:", f"> {PARAGRAPHS[1]}", f">> {PARAGRAPHS[2]}"]


def test_chinese_lines_are_joined_without_blanks() -> None:
    text = (
        "天文台将于五月一日关闭圆顶因为通往那里的道\n"
        "路每年都在沼泽中下沉大约十厘米负责仪器的安\n"
        "路每年都在沼泽中下沉大约十厘米负责仪器的安\n"
        "斯加说我们用扫帚测量了它然后又测量了一次。"
    )
    assert joined(text) == [text.replace("\n", "")]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(PARAGRAPHS),
        "\n\n".join(PARAGRAPHS),
        "Home\nWorld\nPolitics\nScience and the stars\n" + PARAGRAPHS[0],
        "Ana Veld\nBo Quist\nTove Ansgar\nRuna Morrec\n\n" + PARAGRAPHS[0],
        "The sources:\n\nkelde.example\nwww.bog.example/road\nhttps://velbrueck.example/a",
        "apples\npears\nbread\nsalt\noil",
        "She counted the stars.\nThere were nine.\nHe counted them again.\nThere were ten.",
        "",
        "one",
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert join_wrapped_lines(text) == text


def test_no_letter_is_lost() -> None:
    text = "\n".join([POEM, *(wrap(paragraph, 44) for paragraph in PARAGRAPHS), "- a\n- b", "> x\n>> y\n>\n> z"])
    assert [*filter(str.isalnum, join_wrapped_lines(text))] == [*filter(str.isalnum, text)]


@pytest.mark.parametrize(
    "unit", ["a-\n", "the dome of the \n", "> ", "\n>", "- \n", "“.”\n", "a ", "a", ".\n", "|\n", "1) a\n"]
)
def test_time_is_linear(unit: str) -> None:
    text = unit * (2**16 // len(unit))
    begin = time.process_time()
    join_wrapped_lines(text)
    assert time.process_time() - begin < 3  # 0.3 s; a quadratic step takes minutes
