"""Chunks of a batch: every item once, large chunks first, single items last."""

from hypothesis import given
from hypothesis import strategies as st

from quotewire_runtime.workers.chunking import WorkQueue


@given(items=st.integers(0, 300), max_chunk=st.integers(1, 32), workers=st.integers(1, 8))
def test_every_item_is_in_one_chunk(items: int, max_chunk: int, workers: int) -> None:
    queue = WorkQueue(items, max_chunk=max_chunk, workers=workers)
    chunks = remaining(queue)
    assert [index for chunk in chunks for index in chunk] == list(range(items))
    sizes = [len(chunk) for chunk in chunks]
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes, default=0) <= max_chunk


def test_the_last_chunks_are_single_items() -> None:
    sizes = [len(chunk) for chunk in remaining(WorkQueue(64, max_chunk=8, workers=2))]
    assert sizes[:5] == [8, 8, 8, 8, 8]
    assert sizes[-4:] == [1, 1, 1, 1]


def test_items_put_back_come_one_by_one_after_all_others() -> None:
    queue = WorkQueue(9, max_chunk=4, workers=1)
    assert list(queue.next_chunk()) == [0, 1, 2, 3]
    queue.put_back(range(1, 4))
    assert remaining(queue) == [[4, 5], [6], [7], [8], [1], [2], [3]]


def remaining(queue: WorkQueue) -> list[list[int]]:
    chunks = []
    while chunk := queue.next_chunk():
        chunks.append(list(chunk))
    return chunks
