"""The speaker of a letter quoted as a whole is who signs it."""

import pytest

from kit.annotated import quotation, speakers_of

BODY = '"Dear members of the board,\n\n"I cannot serve while the roof leaks.\n\n'


@pytest.mark.parametrize("closing", ['"Yours, Ingrid Bakke"', '"Respectfully yours, Ingrid Bakke"', '"— Ingrid Bakke"'])
def test_the_signature_says_who_speaks(closing: str) -> None:
    text = f"The board of Skovby published a letter. It reads:\n\n{BODY}{closing}\n\nPim Okoye was not there."
    words = quotation(text, '"I cannot serve while the roof leaks.', "It", "reads")
    words.content = [(text.index('"Dear'), text.index("board,") + 6), *words.content]
    assert speakers_of(text, [words], PERSON="Ingrid Bakke|Pim Okoye", GPE="Skovby") == [[("Ingrid Bakke", "person")]]


def test_a_name_that_only_ends_the_words_signs_nothing() -> None:
    text = 'Pim Okoye spoke on Monday. "I have never met Ingrid Bakke," he said.'
    words = quotation(text, '"I have never met Ingrid Bakke,"', "he", "said")
    assert speakers_of(text, [words], PERSON="Pim Okoye|Ingrid Bakke") == [[("Pim Okoye", "person")]]


def test_a_signature_without_marks_is_not_part_of_the_letter() -> None:
    text = 'Pim Okoye wrote: "The roof leaks."\n\nYours, Ingrid Bakke'
    words = quotation(text, '"The roof leaks."', "Pim Okoye", "wrote")
    assert speakers_of(text, [words], PERSON="Pim Okoye|Ingrid Bakke") == [[("Pim Okoye", "person")]]
