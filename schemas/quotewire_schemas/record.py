"""The base of all records: writing is strict, reading is open."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

SCHEMA_VERSION = 1
"""The version in the topic names. A change that consumers of today would misread needs a new version and new topics."""

Member = TypeVar("Member", bound=StrEnum)


class OpenMember:
    """Marks an enum field: a writer must use a known member, a reader keeps an unknown member as a plain string.

    A producer that is one release newer may write a new member; a consumer that rejected it would lose the article.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Build the validator from ``Union[<the enum>, str]``."""
        enum: type[StrEnum] = next(arg for arg in get_args(source) if arg is not str)

        def validate(value: object, info: ValidationInfo) -> StrEnum | str:
            if isinstance(value, enum):
                return value
            if isinstance(value, str):
                try:
                    return enum(value)
                except ValueError:
                    if _reads_openly(info):
                        return value
            raise PydanticCustomError("enum", "Input should be one of {expected}", {"expected": ", ".join(enum)})

        return core_schema.with_info_plain_validator_function(
            validate,
            serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="always"),
            metadata={"members": [str(member) for member in enum]},
        )

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """List the members of today and allow any other string, as a reader must."""
        members = (schema.get("metadata") or {})["members"]
        return {"anyOf": [{"enum": members}, {"type": "string", "description": "a member added later"}]}


Open = Annotated[Member | str, OpenMember()]
"""``Open[Kind]``: the type of an enum field, see :class:`OpenMember`."""


def _reads_openly(info: ValidationInfo) -> bool:
    return isinstance(info.context, dict) and info.context.get("open") is True


class Record(BaseModel):
    """Base of all models.

    Calling a model is writing: unknown fields and unknown enum members are errors. Reading is
    :func:`quotewire_schemas.codec.decode`, which keeps both, so that a service passes on what it does not know.
    """

    # "allow", because pydantic writes unknown fields only then; the check below keeps writers strict.
    model_config = ConfigDict(extra="allow", frozen=True)

    # Set by decode(): a record that was read may be part of one that is written, with its unknown fields.
    _was_read: bool = PrivateAttr(default=False)

    @model_validator(mode="after")
    def _knows_its_fields(self, info: ValidationInfo) -> Self:
        if _reads_openly(info):
            self._was_read = True
        if self.model_extra and not self._was_read:
            raise PydanticCustomError("unknown_field", "unknown field {name}", {"name": min(self.model_extra)})
        return self
