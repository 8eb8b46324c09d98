"""A record that a stage could not process, as people and the store read it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Base64Bytes, Field

from .record import Open, Record

MESSAGE_LIMIT = 500
"""Longest error message in characters: an exception's text may hold the whole article."""


class Reason(StrEnum):
    """Why a stage gave a record up."""

    NOT_JSON = "not_json"
    INVALID = "invalid"
    """Not our schema: the message names the field."""
    NEWER_SCHEMA = "newer_schema"
    WRONG_KEY = "wrong_key"
    """The key is not the article's id, so its order is not kept."""
    EMPTY = "empty"
    """A record without a value."""
    TOO_LARGE = "too_large"
    """What the stage made of it does not fit on the next topic."""
    TIMEOUT = "timeout"
    CRASH = "crash"
    MEMORY = "memory"
    REFUSED = "refused"
    """The database refuses the values, for example U+0000."""


class DeadLetter(Record):
    """One dead letter.

    On a ``….dlq`` topic value, key and timestamp are the *original* ones; all else travels in headers under Kafka
    Connect's names, where ``…`` below stands for ``__connect.errors.``. This model is the decoded view.
    """

    stage: str = Field(description="The stage that gave up, `extract` or `store`; header `…connector.name`.")
    reason: Open[Reason] = Field(description="Why; header `…exception.class.name`.")
    message: Annotated[str, Field(max_length=MESSAGE_LIMIT)] = Field(
        description="What was wrong, naming the field; header `…exception.message`."
    )
    topic: str = Field(description="Topic the record was read from; header `…topic`.")
    partition: int = Field(ge=0, description="Its partition there; header `…partition`.")
    offset: int = Field(ge=0, description="Its offset there; header `…offset`.")
    key: str | None = Field(None, description="Original key; usually the article's id.")
    timestamp: AwareDatetime = Field(description="Original timestamp, UTC.")
    headers: dict[str, str] = Field(default_factory=dict, description="Original headers.")
    failed_at: AwareDatetime = Field(description="When the stage gave it up, UTC; header `quotewire.failed_at`.")
    value: Base64Bytes | None = Field(None, description="Original bytes, base64 in JSON.")
