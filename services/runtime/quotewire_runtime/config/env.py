"""The environment variables of a settings class: their names, and messages about wrong ones."""

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


def iter_variables(
    settings: type[BaseModel], prefix: str = PREFIX, defaults: BaseModel | None = None
) -> Iterator[tuple[str, FieldInfo, Any]]:
    """Yield all settings of a class: environment variable, field, default value.

    ``defaults`` is a section as its service sets it; its values replace the defaults of the section's class.
    """
    for name, field in settings.model_fields.items():
        value = field.get_default(call_default_factory=True) if defaults is None else getattr(defaults, name)
        section = _as_section(field.annotation)
        if section is not None:
            own = value if isinstance(value, BaseModel) else None
            yield from iter_variables(section, f"{prefix}{name.upper()}{DELIMITER}", own)
        else:
            yield f"{prefix}{name.upper()}", field, value


def is_json(annotation: Any) -> bool:
    """Return whether a setting of this type is written as JSON."""
    return get_origin(annotation) in (list, tuple, dict, set, frozenset)


def describe_error(settings: type[BaseModel], error: ValidationError) -> str:
    """Return the first error as one line: the variable and what is wrong with it, never its value."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    name = PREFIX + DELIMITER.join(str(part).upper() for part in first["loc"])
    if first["type"] != "extra_forbidden":
        return f"{name}: {first['msg'].removeprefix('Value error, ')}"
    section, own = name.rsplit(DELIMITER, 1)
    others = [
        known.removeprefix(section + DELIMITER) for known, _, _ in iter_variables(settings) if known.startswith(section)
    ]
    similar = difflib.get_close_matches(own, others, n=1)
    return f"{name}: no such setting" + (f", did you mean {section}{DELIMITER}{similar[0]}" if similar else "")


def find_invalid_json(settings: type[BaseModel]) -> str:
    """Return the variable whose value should be JSON and is not; if a secret file holds it, all variables with JSON."""
    names = [name for name, field, _ in iter_variables(settings) if is_json(field.annotation)]
    return " or ".join([name for name in names if not _is_valid_json(os.environ.get(name, "{}"))] or names)


def _is_valid_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _as_section(annotation: Any) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
