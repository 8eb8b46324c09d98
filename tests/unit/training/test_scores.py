from quote_errors import Fault, errors, listing
from quote_scores import TOTAL, Scores, WordedText

from quotewire_training.markup import read_marked
from quotewire_training.spans import Attribution


def _score(gold: str, found: str) -> tuple[Scores, str]:
    text, wanted = read_marked(gold)
    same, given = read_marked(found)
    assert same == text
    bare = [Attribution(a.content, a.cue, a.source) for a in given]
    worded, scores = WordedText(text), Scores()
    items = worded.items([Attribution(a.content, a.cue, a.source) for a in wanted]), worded.items(bare)
    paired = scores.add(worded, *items)
    return scores, listing(errors("one", worded, *items, paired, "core"))


GOLD = "<s1>She</s1> <c1>said</c1> <q1>that it rains here a lot</q1>. <s2>Bo</s2> <c2>hopes</c2> <q2>it stops</q2>."


def test_gold_as_prediction_is_all_right() -> None:
    scores, _ = _score(GOLD, GOLD)
    for view in ("core", "all"):
        score = scores.of[view, TOTAL]
        assert score.joint.f1 == score.strict.f1 == score.token.f1 == score.speaker_accuracy == 1.0


def test_a_leading_that_is_free() -> None:
    scores, _ = _score(GOLD, GOLD.replace("<q1>that ", "that <q1>"))
    assert scores.of["core", TOTAL].strict.f1 == 1.0


def test_gold_outside_the_core_is_neither_right_nor_wrong_there() -> None:
    scores, _ = _score(GOLD, GOLD)
    assert scores.of["core", TOTAL].joint.found == 1
    assert scores.of["all", TOTAL].joint.found == 2


def test_half_of_the_words_is_enough_and_less_is_not() -> None:
    near, _ = _score(GOLD, GOLD.replace("here a lot</q1>", "here</q1> a lot"))
    lost, text = _score(GOLD, GOLD.replace("it rains here a lot</q1>", "it</q1> rains here a lot"))
    assert near.of["core", TOTAL].content.f1 == 1.0
    assert lost.of["core", TOTAL].content.f1 == 0.0
    assert "(lost)" in text


def test_a_wrong_speaker_spoils_joint_but_not_content() -> None:
    scores, text = _score(GOLD, GOLD.replace("<s1>She</s1>", "She").replace("<s2>Bo</s2>", "<s1>Bo</s1>"))
    assert scores.of["core", TOTAL].content.f1 == 1.0
    assert scores.of["core", TOTAL].joint.f1 == 0.0
    assert f"## {Fault.SPEAKER}" in text
    assert "gold: She; found: Bo" in text


def test_kinds_come_from_the_scorers_own_marks() -> None:
    marked = "<q1>“It rains,”</q1> <s1>she</s1> <c1>said</c1>. <s2>She</s2> <c2>called</c2> it <q2>a “bad” day</q2>."
    scores, _ = _score(marked, marked)
    assert {kind: scores.of["core", kind].joint.gold for kind in ("direct", "mixed", "indirect")} == {
        "direct": 1,
        "mixed": 1,
        "indirect": 0,
    }


def test_misses_and_false_positives_are_listed_in_their_sentence() -> None:
    _, text = _score(
        "He left. <s1>She</s1> <c1>said</c1> <q1>it rains</q1>.", "He <c1>left</c1>. She <q1>said</q1> it rains."
    )
    assert "missed              1" in text
    assert "She said ⟦it rains⟧." in text
    assert "She ⟦said⟧ it rains." in text
