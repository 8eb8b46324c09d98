from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotewire_extract.tagger.assignment import best_path

SWITCH = 1.0
evidence = st.integers(1, 3).flatmap(
    lambda rows: st.lists(st.lists(st.integers(-8, 8), min_size=rows, max_size=rows), min_size=1, max_size=5)
)


def worth(path: tuple[int, ...], columns: list[list[int]]) -> float:
    gain = sum(column[state - 1] if state else 0 for state, column in zip(path, columns, strict=True))
    return gain - SWITCH * sum(left != right for left, right in pairwise(path))


@given(evidence)
def test_no_path_is_worth_more(columns: list[list[int]]) -> None:
    found = best_path(np.array(columns, np.float32).T, SWITCH)
    best = max(worth(path, columns) for path in product(range(len(columns[0]) + 1), repeat=len(columns)))
    assert worth(tuple(found.tolist()), columns) == pytest.approx(best)


def test_without_evidence_nobody_owns_a_word() -> None:
    assert best_path(np.full((2, 4), -1, np.float32), SWITCH).tolist() == [0, 0, 0, 0]
