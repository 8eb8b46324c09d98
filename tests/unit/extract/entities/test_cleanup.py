from quotewire_extract.entities.cleanup import clean_mentions
from quotewire_extract.entities.entity_mention import EntityMention

QUANTITIES = [("first", "ORDINAL"), ("last week", "DATE"), ("$5", "MONEY"), ("ten percent", "PERCENT")]


def test_quantities_keep_their_spans() -> None:
    text = "She was first there last week and paid $5, ten percent more than Ada Vrell."
    found = [EntityMention(text.index(words), text.index(words) + len(words), label) for words, label in QUANTITIES]
    assert clean_mentions(text, found) == found


def test_a_name_replaces_a_quantity_that_overlaps_it() -> None:
    text = "The Second Bank of Veldmark closed."
    bank, second = EntityMention(4, 27, "ORG"), EntityMention(4, 10, "ORDINAL")
    assert clean_mentions(text, [second, bank]) == [bank]
