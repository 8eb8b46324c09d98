"""URLs that are fetched again after a failure."""

import uuid

import pytest

from quotewire_ingest.queue.apply import Processed, should_retry
from quotewire_ingest.queue.kinds import Input, LeasedInput, UrlInput, WarcRecordInput
from quotewire_ingest.rejection import RejectedInput, RejectionReason
from quotewire_schemas.article import Origin

URL = UrlInput("https://h.example/a")


def failed(item: Input, reason: RejectionReason, message: str = "x", attempts: int = 1) -> Processed:
    leased = LeasedInput(1, uuid.UUID(int=1), Origin.LIVE, attempts, item)
    return Processed(leased, None, RejectedInput(item.name, reason, message))


@pytest.mark.parametrize(
    ("processed", "again"),
    [
        (failed(URL, RejectionReason.UNREACHABLE), True),
        (failed(URL, RejectionReason.TIMEOUT, attempts=2), True),
        (failed(URL, RejectionReason.TIMEOUT, attempts=3), False),
        (failed(URL, RejectionReason.STATUS, "the server answers 503 Service Unavailable"), True),
        (failed(URL, RejectionReason.STATUS, "the server answers 404 Not Found"), False),
        (failed(URL, RejectionReason.ROBOTS), False),
        (failed(WarcRecordInput("/x/a.warc", 0, 9), RejectionReason.TRUNCATED), False),
    ],
)
def test_transient_failures_of_a_url_are_retried(processed: Processed, again: bool) -> None:
    assert should_retry(processed, 3) is again


def test_what_did_not_fail_is_not_retried() -> None:
    assert not should_retry(Processed(LeasedInput(1, uuid.UUID(int=1), Origin.LIVE, 1, URL)), 3)
