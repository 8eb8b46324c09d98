import numpy as np
import pytest

from quotewire_extract.tagger.pieces import Pieces
from quotewire_training.batches import Stream, epoch, padded
from quotewire_training.dataset import Example


def _example(pieces: int) -> Example:
    none = np.zeros(0, np.int64)
    return Example(
        Pieces("", np.arange(pieces), none, np.zeros((pieces, 3), np.int64), np.arange(pieces) // 40, none, ())
    )


@pytest.fixture
def examples() -> list[Example]:
    return [_example(n) for n in (10, 700, 90, 260, 1)]


def test_an_epoch_contains_every_piece_once(examples: list[Example]) -> None:
    read = [(id(e), i) for group in epoch(examples, "s", 254, 1024) for e, (a, b) in group for i in range(a, b)]
    assert len(read) == len(set(read)) == sum(len(e.pieces) for e in examples)


def test_a_group_keeps_to_its_size(examples: list[Example]) -> None:
    for group in epoch(examples, "s", 254, 512):
        assert len(group) == 1 or len(group) * max(padded(window) for _, window in group) <= 512


def test_the_seed_decides_alone(examples: list[Example]) -> None:
    def windows(seed: str) -> list[list[tuple[int, int]]]:
        return [[window for _, window in group] for group in epoch(examples, seed, 254, 512)]

    assert windows("a") == windows("a")
    assert windows("a") != windows("b")


def test_a_stream_continues_at_the_position_of_another(examples: list[Example]) -> None:
    one, two = (Stream(examples, "s", 254, 512) for _ in range(2))
    for _ in range(17):
        next(one)
    two.seek(one.epoch, one.position)
    assert [w for _, w in next(two)] == [w for _, w in next(one)]
    assert one.epoch >= 1
