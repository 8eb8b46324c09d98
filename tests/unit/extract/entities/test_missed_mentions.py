from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from quotewire_extract.entities.entity_mention import EntityMention
from quotewire_extract.entities.missed_mentions import find_missed_mentions


def missed(text: str, *known: tuple[str, str]) -> list[tuple[str, str, int]]:
    """Return what is found, beside the first mention of each of the known names."""
    mentions = [EntityMention(text.index(form), text.index(form) + len(form), label) for form, label in known]
    return [(text[m.start : m.end], m.label, m.start) for m in find_missed_mentions(text, sorted(mentions))]


def test_a_name_is_found_wherever_it_stands_as_whole_words() -> None:
    text = "Palmira fell. In Palmira, not Palmiras or New-Palmira, O’Palmira did."
    assert [start for _, _, start in missed(text, ("Palmira", "ORG"))] == [
        text.index("Palmira,"),
        text.rindex("Palmira"),
    ]


def test_of_two_names_that_begin_at_one_place_the_longer_one_counts() -> None:
    text = "Veld, Veld Bank. The Veld Bank of Veld."
    found = missed(text, ("Veld", "ORG"), ("Veld Bank", "ORG"))
    assert found == [("Veld Bank", "ORG", text.rindex("Veld Bank")), ("Veld", "ORG", text.rindex("Veld"))]


@given(st.text(alphabet="Aa- ", max_size=40))
def test_names_do_not_overlap(text: str) -> None:
    given_text = "Aa A-a, Aa. " + text
    found = find_missed_mentions(given_text, [EntityMention(0, 6, "ORG"), EntityMention(8, 10, "ORG")])
    assert all(one.end <= other.start for one, other in pairwise(found))
