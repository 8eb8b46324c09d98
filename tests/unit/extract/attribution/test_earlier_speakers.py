from collections.abc import Sequence

from quotewire_extract.attribution.earlier_speakers import INNER, EarlierSpeaker, EarlierSpeakers
from quotewire_extract.quotation import SpeakerMention


def spoke(position: int, name: str, kind: str = "person", more: Sequence[str] = (), label: str = "") -> EarlierSpeaker:
    mentions = [SpeakerMention(None, None, "", each, each.lower(), "full", kind, label) for each in (name, *more)]
    return EarlierSpeaker(position, position + 5, None, name, kind, name.lower(), len(mentions) > 1, mentions)


def earlier(*speakers: EarlierSpeaker) -> EarlierSpeakers:
    found = EarlierSpeakers()
    for speaker in speakers:
        found.add(speaker)
    return found


ANA, BO, BOTH = spoke(10, "Ana"), spoke(20, "Bo"), spoke(30, "Ana", more=["Bo"])


def test_the_last_one_before_a_position() -> None:
    speakers = earlier(ANA, BO, BOTH)
    assert speakers.last(10) is None
    assert speakers.last(11) is ANA
    assert speakers.last(30) is BO
    assert speakers.last(99) is BOTH
    assert speakers.last(99, plural=False) is BO
    assert speakers.last(30, plural=True) is None
    assert (speakers.last_pair(31), speakers.last_group(30)) == (BOTH, None)


def test_the_last_three_have_different_names_and_are_not_inside_another() -> None:
    inner = spoke(25, "Dag", INNER)
    again = spoke(40, "Ana")
    last = [spoke(50, "Eva"), spoke(60, "Finn")]
    speakers = earlier(ANA, BO, inner, again, *last)
    assert [one.name for one in speakers.last_three(26)] == ["Bo", "Ana"]
    assert [one.name for one in speakers.last_three(41)] == ["Ana", "Bo"]
    assert [one.name for one in speakers.last_three(99)] == ["Finn", "Eva", "Ana"]


def test_organisations_groups_and_descriptions() -> None:
    state, firm = spoke(10, "Veldmark", "organisation", label="GPE"), spoke(20, "Foods", "organisation", label="ORG")
    aides = spoke(30, "Aides", "group")
    speakers = earlier(state, firm, aides)
    assert speakers.last_organisation(15) is state
    assert speakers.last_organisation(99) is firm
    assert speakers.last_organisation(20, label="ORG") is None
    assert speakers.last_group(99) is aides
    assert speakers.last_unnamed(99, "aides", plural=False) is aides
    assert speakers.last_unnamed(99, "aides", plural=True) is None
