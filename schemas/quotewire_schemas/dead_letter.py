"""A record that a stage could not process, as the store and the command show it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Base64Bytes, Field

from .record import Open, Record

MESSAGE_LIMIT = 500
"""The longest error message in characters: the text of an exception may contain the whole article."""


class Reason(StrEnum):
    """Why a stage rejected a record."""

    NOT_JSON = "not_json"
    INVALID = "invalid"
    """The value does not match the schema: the message names the field."""
    NEWER_SCHEMA = "newer_schema"
    WRONG_KEY = "wrong_key"
    """The key is not the article's id, so records of the article can be out of order."""
    EMPTY = "empty"
    """The record has no value."""
    TOO_LARGE = "too_large"
    """The result is larger than the next topic allows."""
    TIMEOUT = "timeout"
    CRASH = "crash"
    MEMORY = "memory"
    REFUSED = "refused"
    """The database rejects the values, for example U+0000."""


class DeadLetter(Record):
    """One dead letter.

    On a ``….dlq`` topic, value, key and timestamp are those of the *original* record. Everything else is in headers
    with the names of Kafka Connect; ``…`` below stands for ``__connect.errors.``. This model is the decoded view.
    """

    stage: str = Field(description="The stage that rejected it, `extract` or `store`; header `…connector.name`.")
    reason: Open[Reason] = Field(description="Why it was rejected; header `…exception.class.name`.")
    message: Annotated[str, Field(max_length=MESSAGE_LIMIT)] = Field(
        description="What was wrong, naming the field; header `…exception.message`."
    )
    topic: str = Field(description="Topic of the original record; header `…topic`.")
    partition: int = Field(ge=0, description="Its partition there; header `…partition`.")
    offset: int = Field(ge=0, description="Its offset there; header `…offset`.")
    key: str | None = Field(None, description="Original key; usually the article's id.")
    timestamp: AwareDatetime = Field(description="Original timestamp, UTC.")
    headers: dict[str, str] = Field(default_factory=dict, description="Original headers.")
    failed_at: AwareDatetime = Field(description="When the stage rejected it, UTC; header `quotewire.failed_at`.")
    value: Base64Bytes | None = Field(None, description="Original bytes, base64 in JSON.")
