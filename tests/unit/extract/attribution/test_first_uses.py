import pytest

from quotewire_extract.attribution.first_uses import FirstUses

TEXT = "The vice-presidents met. A spokesman for the commander-in-chief’s office and spokesman_2 left."


@pytest.mark.parametrize(
    ("noun", "first"),
    [
        ("president", "presidents met"),
        ("vice-president", "presidents met"),
        ("spokesman", "spokesman for"),
        ("commander-in-chief", "chief’s office"),
        ("office", "office and"),
    ],
)
def test_a_noun_is_used_from_its_first_use_on(noun: str, first: str) -> None:
    uses = FirstUses(TEXT)
    end = TEXT.index(first) + len(first.split("’")[0].split()[0])
    assert not uses.before(noun, end - 1)
    assert uses.before(noun, end)
    assert uses.before(noun, len(TEXT))


@pytest.mark.parametrize("noun", ["mayor", "spokesmen", "_2", "pre", "the vice"])
def test_a_part_of_a_word_is_no_use(noun: str) -> None:
    assert not FirstUses(TEXT).before(noun, len(TEXT))
