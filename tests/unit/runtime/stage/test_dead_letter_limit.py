"""The dead-letter limit counts runs and ratios."""

from quotewire_runtime.stage.dead_letter_limit import DeadLetterLimit


def test_a_run_across_batches_exceeds() -> None:
    limit = DeadLetterLimit(in_a_row=5, ratio=1, window=1000)
    limit.record([False, True, True])
    assert limit.check([True, True]) is None
    assert limit.check([True, True, True]) == "5 dead letters in a row"
    assert limit.check([True, False, True, True, True]) is None


def test_asking_changes_nothing() -> None:
    limit = DeadLetterLimit(in_a_row=3, ratio=1, window=1000)
    for _ in range(5):
        assert limit.check([True, True]) is None


def test_the_ratio_counts_over_a_full_window_only() -> None:
    limit = DeadLetterLimit(in_a_row=1000, ratio=0.5, window=10)
    limit.record([True, False] * 3)
    assert limit.check([True, False]) is None
    assert limit.check([True, False, True, False]) == "5 dead letters among the last 10 articles"
    assert limit.check([False] * 4) is None


def test_good_articles_forget_the_bad() -> None:
    limit = DeadLetterLimit(in_a_row=3, ratio=0.5, window=10)
    limit.record([True, True])
    limit.record([False])
    assert limit.check([True, True]) is None
