"""The environment variables that a settings class reads: their names, and what is wrong with one."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterator
from typing import Any, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

PREFIX = "QUOTEWIRE_"
DELIMITER = "__"


def variables(
    settings: type[BaseModel], prefix: str = PREFIX, defaults: BaseModel | None = None
) -> Iterator[tuple[str, FieldInfo, Any]]:
    """Walk over all settings of a class: environment variable, field, default value.

    ``defaults``: a section as its service has it, whose values stand in place of those of the section's class.
    """
    for name, field in settings.model_fields.items():
        given = field.get_default(call_default_factory=True) if defaults is None else getattr(defaults, name)
        section = _section(field.annotation)
        if section is not None:
            own = given if isinstance(given, BaseModel) else None
            yield from variables(section, f"{prefix}{name.upper()}{DELIMITER}", own)
        else:
            yield f"{prefix}{name.upper()}", field, given


def is_json(annotation: Any) -> bool:
    """Tell whether a setting of this type is written as JSON."""
    return get_origin(annotation) in (list, tuple, dict, set, frozenset)


def first_problem(settings: type[BaseModel], error: ValidationError) -> str:
    """Say in one line what is wrong with the settings: the variable and why, never its value."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    name = PREFIX + DELIMITER.join(str(part).upper() for part in first["loc"])
    if first["type"] != "extra_forbidden":
        return f"{name}: {first['msg'].removeprefix('Value error, ')}"
    section, own = name.rsplit(DELIMITER, 1)
    others = [
        known.removeprefix(section + DELIMITER) for known, _, _ in variables(settings) if known.startswith(section)
    ]
    near = difflib.get_close_matches(own, others, n=1)
    return f"{name}: no such setting" + (f", did you mean {section}{DELIMITER}{near[0]}" if near else "")


def broken_json(settings: type[BaseModel]) -> str:
    """Name the variable that should hold JSON and does not; all that may hold some where a secret file does it."""
    names = [name for name, field, _ in variables(settings) if is_json(field.annotation)]
    return " or ".join([name for name in names if not _parses(os.environ.get(name, "{}"))] or names)


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _section(annotation: Any) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
