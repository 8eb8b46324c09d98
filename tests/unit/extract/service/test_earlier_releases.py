"""Whether a lower release may have published quotations, by the oldest and newest records on their topic."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kit.builders import article, quote
from quotewire_extract.service.earlier_releases import EarlierReleases
from quotewire_runtime.errors import UnavailableError
from quotewire_schemas import QuotesVoided, encode

SAID = quote(article(), '"The ferry sails at dawn,"', release=4)
VOIDED = QuotesVoided(
    article_id="a1", revision=2, annotator_release=4, reason="revised", voided_at=article().fetched_at
)


class Topic:
    """A topic whose edges a test sets; None: Kafka does not answer."""

    def __init__(self, *values: bytes | None) -> None:
        self.values: Sequence[bytes | None] | None = values

    async def read(self) -> Sequence[bytes | None]:
        if self.values is None:
            raise UnavailableError("Kafka does not answer")
        return self.values


@pytest.mark.parametrize(
    ("values", "possible"),
    [
        ([], False),
        ([encode(SAID), encode(VOIDED)], False),
        ([encode(SAID.model_copy(update={"annotator_release": 5}))], False),
        ([encode(SAID), encode(SAID.model_copy(update={"annotator_release": 3}))], True),
        ([encode(VOIDED.model_copy(update={"annotator_release": 3})), encode(SAID)], True),
        ([b"{"], True),
        ([b"{}"], True),
        ([b"[4]"], True),
        ([None], True),
    ],
)
async def test_a_record_of_a_lower_release_or_of_none_is_found(values: list[bytes | None], possible: bool) -> None:
    releases = EarlierReleases(4, Topic(*values).read)
    await releases.check()
    assert releases.possible == possible


async def test_it_is_assumed_before_the_first_check_and_while_kafka_does_not_answer() -> None:
    topic = Topic()
    releases = EarlierReleases(4, topic.read)
    assert releases.possible
    topic.values = None
    await releases.check()
    assert releases.possible
    topic.values = ()
    await releases.check()
    assert not releases.possible
    topic.values = None
    await releases.check()
    assert releases.possible


async def test_what_was_found_holds_although_newer_records_follow() -> None:
    topic = Topic(encode(SAID.model_copy(update={"annotator_release": 3})))
    releases = EarlierReleases(4, topic.read)
    await releases.check()
    topic.values = (encode(SAID),)
    await releases.check()
    assert releases.possible
