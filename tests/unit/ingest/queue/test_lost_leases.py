"""Inputs whose process ended while it worked on them."""

import uuid

import pytest

from quotewire_ingest.queue.kinds import FileInput, LeasedInput, UnreadableInput, UrlInput
from quotewire_ingest.queue.lost_leases import MAX_LOST_LEASES, first_to_process, problem_of
from quotewire_schemas.article import Origin

FILE, URL = FileInput("/in/a.txt"), UrlInput("https://h.example/a")


def leased(attempts: int, item: FileInput | UrlInput | UnreadableInput = FILE, number: int = 1) -> LeasedInput:
    return LeasedInput(number, uuid.UUID(int=1), Origin.LIVE, attempts, item)


@pytest.mark.parametrize(
    ("attempts", "worked"),
    [([], 0), ([1, 1, 1], 3), ([2, 1, 1], 1), ([2, 2], 1), ([1, 1, 2, 1], 2)],
)
def test_what_was_leased_before_is_worked_alone_and_in_its_order(attempts: list[int], worked: int) -> None:
    batch = [leased(count, number=number) for number, count in enumerate(attempts)]

    assert list(first_to_process(batch)) == batch[:worked]


def test_an_input_that_ended_its_process_five_times_is_given_up() -> None:
    assert problem_of(leased(MAX_LOST_LEASES), 3) is None
    assert (
        problem_of(leased(MAX_LOST_LEASES + 1), 3) == "leased 5 times, and each time the process that worked it ended"
    )


def test_attempts_at_a_url_that_is_fetched_again_lost_no_lease() -> None:
    assert problem_of(leased(MAX_LOST_LEASES + 3, URL), 3) is None
    assert problem_of(leased(MAX_LOST_LEASES + 4, URL), 3) is not None


def test_a_row_that_cannot_be_read_is_given_up_at_once() -> None:
    problem = problem_of(leased(1, UnreadableInput("x", None, "KeyError: 'file'")), 3)

    assert problem == "its row in the queue cannot be read: KeyError: 'file'"
