import pytest

from quotewire_training.spans import Attribution
from quotewire_training.speech_cues import content_words, is_core, is_speech_cue, kind_of


@pytest.mark.parametrize("cue", ["said", "has been telling", "according to", ":", "―", "shot back", "denies"])
def test_words_of_speech_and_bare_signs_are_cues_of_speech(cue: str) -> None:
    assert is_speech_cue([(0, len(cue))], cue)


@pytest.mark.parametrize("cue", ["hopes", "wants", "knew", "found"])
def test_wishes_and_beliefs_are_not(cue: str) -> None:
    assert not is_speech_cue([(0, len(cue))], cue)


def test_no_cue_is_no_cue_of_speech() -> None:
    assert not is_speech_cue([], "said")


@pytest.mark.parametrize(
    ("content", "kind"), [("“a b”", "direct"), ("that “a b”", "direct"), ("a “b”", "mixed"), ("a b", "indirect")]
)
def test_kind_comes_from_the_marks(content: str, kind: str) -> None:
    assert kind_of([(0, len(content))], content) == kind


def test_words_at_the_edge_of_a_stretch_count_whole() -> None:
    assert content_words([(2, 6)], "the U.S. said") == [(0, 3), (4, 7)]


def test_what_a_corpus_states_wins() -> None:
    text = "They discussed quotas"
    cue = ((5, 14),)
    assert is_core(Attribution(((15, 21),), cue), text)
    assert not is_core(Attribution(((15, 21),), cue, core=False), text)
