import pytest

from quotewire_extract.entities.entity_mention import EntityMention
from quotewire_extract.entities.full_names import FullNames
from quotewire_extract.entities.name_groups import NameGroup
from quotewire_names import Gender


def known(*names: str) -> tuple[FullNames, dict[str, NameGroup]]:
    """Add these names, each of a person of their own, in this order."""
    found, groups = FullNames(), {}
    for number, name in enumerate(names):
        groups[name] = group = NameGroup("PERSON")
        group.add(name.title(), EntityMention(number * 100, number * 100 + len(name), "PERSON"))
        found.add(name.split(), group)
    return found, groups


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("robert kennedy", "robert f kennedy"),
        ("robert f kennedy", "robert f kennedy"),
        ("robert f kennedy jr", None),
        ("robert g kennedy", None),
        ("ana ruiz", "ana ruiz lopez"),
        ("ana ruiz lopez diaz", "ana ruiz lopez"),
        ("ana lopez", "ana ruiz lopez"),
        ("john marn sr", None),
        ("john quist marn jr", None),
        ("john jr", "john marn jr"),
        ("eva sand", None),
    ],
)
def test_a_name_that_only_leaves_parts_out_is_the_same_person(name: str, person: str | None) -> None:
    full, groups = known("robert f kennedy", "ana ruiz lopez", "john marn jr")
    assert full.find(name.split()) is (groups[person] if person else None)


def test_of_several_the_first_one_counts() -> None:
    full, groups = known("ana maria ruiz", "ana eva ruiz", "ana ruiz")
    assert full.find(["ana", "ruiz"]) is groups["ana ruiz"]
    full, groups = known("ana maria ruiz", "ana eva ruiz")
    assert full.find(["ana", "ruiz"]) is groups["ana maria ruiz"]


def test_a_single_name_is_a_surname_first() -> None:
    full, groups = known("lind ortega", "maria lind", "paul lind")
    assert full.bearer("lind", None) is groups["maria lind"]
    assert full.bearer("lind", Gender.MALE) is groups["paul lind"]
    assert full.bearer("ortega", None) is groups["lind ortega"]
    assert full.bearer("sand", None) is None
