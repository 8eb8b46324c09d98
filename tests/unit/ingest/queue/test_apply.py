"""URLs that are fetched again after a failure, and when."""

import pickle
import uuid

import pytest

from quotewire_ingest.queue.apply import Processed, retry_delay
from quotewire_ingest.queue.kinds import Input, LeasedInput, UrlInput, WarcRecordInput
from quotewire_ingest.rejection import Rejected, RejectedInput, RejectionReason
from quotewire_schemas.article import Origin

URL = UrlInput("https://h.example/a")


def failed(item: Input, rejected: Rejected, attempts: int = 1) -> Processed:
    leased = LeasedInput(1, uuid.UUID(int=1), Origin.LIVE, attempts, item)
    return Processed(leased, None, RejectedInput.of(item.name, rejected))


def rejected(reason: RejectionReason, status: int | None = None, retry_after_s: float | None = None) -> Rejected:
    return Rejected(reason, "the server answers 4 times what it should", status, retry_after_s)


@pytest.mark.parametrize(
    ("processed", "delay_s"),
    [
        (failed(URL, rejected(RejectionReason.UNREACHABLE)), 30),
        (failed(URL, rejected(RejectionReason.TIMEOUT), attempts=2), 60),
        (failed(URL, rejected(RejectionReason.TIMEOUT), attempts=3), None),
        (failed(URL, rejected(RejectionReason.ENCODING)), 30),
        (failed(URL, rejected(RejectionReason.STATUS, 503)), 30),
        (failed(URL, rejected(RejectionReason.STATUS, 503, 7200)), 7200),
        (failed(URL, rejected(RejectionReason.STATUS, 429, 5), attempts=2), 60),
        (failed(URL, rejected(RejectionReason.STATUS, 408)), 30),
        (failed(URL, rejected(RejectionReason.STATUS, 425)), 30),
        (failed(URL, rejected(RejectionReason.STATUS, 404)), None),
        (failed(URL, rejected(RejectionReason.STATUS, 410, 60)), None),
        (failed(URL, rejected(RejectionReason.STATUS, 403)), None),
        (failed(URL, rejected(RejectionReason.ROBOTS)), None),
        (failed(URL, rejected(RejectionReason.ROBOTS, 500, 300)), 300),
        (failed(URL, rejected(RejectionReason.CERTIFICATE)), None),
        (failed(WarcRecordInput("/x/a.warc", 0, 9), rejected(RejectionReason.TRUNCATED)), None),
    ],
)
def test_failures_of_a_url_that_may_pass_are_retried(processed: Processed, delay_s: float | None) -> None:
    assert retry_delay(processed, 3) == delay_s


def test_what_did_not_fail_is_not_retried() -> None:
    assert retry_delay(Processed(LeasedInput(1, uuid.UUID(int=1), Origin.LIVE, 1, URL)), 3) is None


def test_a_rejection_travels_between_processes_whole() -> None:
    sent = rejected(RejectionReason.STATUS, 503, 12.5)
    received = pickle.loads(pickle.dumps(sent))
    assert (received.reason, received.status, received.retry_after_s) == (sent.reason, 503, 12.5)
