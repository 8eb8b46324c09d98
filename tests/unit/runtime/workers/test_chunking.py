"""Shares of a batch: all items once, large shares first, small ones last."""

from hypothesis import given
from hypothesis import strategies as st

from quotewire_runtime.workers.chunking import WorkQueue


@given(items=st.integers(0, 300), most=st.integers(1, 32), workers=st.integers(1, 8))
def test_every_item_is_given_out_once(items: int, most: int, workers: int) -> None:
    shares = WorkQueue(items, most=most, workers=workers)
    taken: list[int] = []
    sizes = []
    while share := shares.take():
        taken += share
        sizes.append(len(share))
    assert taken == list(range(items))
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes, default=0) <= most


def test_the_last_shares_are_single_items() -> None:
    shares = WorkQueue(64, most=8, workers=2)
    sizes = []
    while share := shares.take():
        sizes.append(len(share))
    assert sizes[:5] == [8, 8, 8, 8, 8]
    assert sizes[-4:] == [1, 1, 1, 1]


def test_what_comes_back_is_given_out_alone_and_last() -> None:
    shares = WorkQueue(9, most=4, workers=1)
    first = shares.take()
    assert list(first) == [0, 1, 2, 3]
    shares.give_back(range(1, 4))
    rest = []
    while share := shares.take():
        rest.append(list(share))
    assert rest == [[4, 5], [6], [7], [8], [1], [2], [3]]
