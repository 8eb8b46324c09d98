"""The dead-letter limit counts dead letters in a row and their ratio."""

from quotewire_runtime.stage.dead_letter_limit import DeadLetterLimit


def test_dead_letters_in_a_row_are_counted_across_batches() -> None:
    limit = DeadLetterLimit(in_a_row=5, ratio=1, window=1000)
    limit.record([False, True, True])
    assert limit.check([True, True]) is None
    assert limit.check([True, True, True]) == "5 dead letters in a row"
    assert limit.check([True, False, True, True, True]) is None


def test_checking_changes_nothing() -> None:
    limit = DeadLetterLimit(in_a_row=3, ratio=1, window=1000)
    for _ in range(5):
        assert limit.check([True, True]) is None


def test_the_ratio_needs_a_full_window() -> None:
    limit = DeadLetterLimit(in_a_row=1000, ratio=0.5, window=10)
    limit.record([True, False] * 3)
    assert limit.check([True, False]) is None
    assert limit.check([True, False, True, False]) == "5 dead letters among the last 10 articles"
    assert limit.check([False] * 4) is None


def test_a_success_ends_the_row() -> None:
    limit = DeadLetterLimit(in_a_row=3, ratio=0.5, window=10)
    limit.record([True, True])
    limit.record([False])
    assert limit.check([True, True]) is None
