from quotewire_extract.entities.cleanup import Mention, clean

QUANTITIES = [("first", "ORDINAL"), ("last week", "DATE"), ("$5", "MONEY"), ("ten percent", "PERCENT")]


def test_quantities_keep_their_spans() -> None:
    text = "She was first there last week and paid $5, ten percent more than Ada Vrell."
    found = [Mention(text.index(words), text.index(words) + len(words), label) for words, label in QUANTITIES]
    assert clean(text, found) == found


def test_a_name_replaces_a_quantity_that_overlaps_it() -> None:
    text = "The Second Bank of Veldmark closed."
    bank, second = Mention(4, 27, "ORG"), Mention(4, 10, "ORDINAL")
    assert clean(text, [second, bank]) == [bank]
