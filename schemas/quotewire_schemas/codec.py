"""Encode and decode records: writing is strict, reading is open."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from .dead_letter import Reason
from .record import SCHEMA_VERSION

Model = TypeVar("Model", bound=BaseModel)


class DecodeError(Exception):
    """The bytes are not a valid record: ``reason`` is that of the dead letter, the message names the field."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


def encode(record: BaseModel) -> bytes:
    """Encode a record as UTF-8 JSON, with the unknown fields that were read.

    Raises:
        DecodeError: the text contains a lone surrogate, which UTF-8 cannot represent.
    """
    try:
        return record.model_dump_json().encode()
    except (UnicodeEncodeError, ValueError) as error:
        raise DecodeError(Reason.INVALID, f"cannot be written as UTF-8: {error}") from error


def decode(model: type[Model], value: bytes | None) -> Model:
    """Decode a record; unknown fields stay in ``model_extra``, unknown enum members stay strings.

    Raises:
        DecodeError: the reason is ``empty``, ``not_json``, ``newer_schema`` or ``invalid``.
    """
    if not value:
        raise DecodeError(Reason.EMPTY, "the record has no value")
    try:
        record = model.model_validate_json(value, context={"open": True})
    except ValidationError as error:
        raise _explain(value, error) from error
    except RecursionError as error:
        raise DecodeError(Reason.NOT_JSON, "nested too deep") from error
    version = getattr(record, "schema_version", SCHEMA_VERSION)
    if version > SCHEMA_VERSION:
        raise _newer(version)
    return record


def _newer(version: int) -> DecodeError:
    return DecodeError(
        Reason.NEWER_SCHEMA, f"schema_version {version} is newer than {SCHEMA_VERSION}: update this service"
    )


def _explain(value: bytes, error: ValidationError) -> DecodeError:
    """Find the reason of a failure. The message never contains the input: it may be an article."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return DecodeError(Reason.NOT_JSON, first["msg"])
    try:
        version = json.loads(value).get("schema_version")
    except (ValueError, AttributeError, RecursionError):
        version = None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        return _newer(version)
    field = ".".join(str(part) for part in first["loc"]) or "record"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return DecodeError(Reason.INVALID, f"{field}: {first['msg']}{more}")
