"""Render the settings of a service as a table, for ``docs/settings.md``."""

from __future__ import annotations

import json
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from quotewire_runtime.config.env import is_json, iter_variables


def settings_table(settings: type[BaseModel]) -> str:
    """Return a Markdown table of variable, type, default and meaning, with a final newline."""
    rows = ["| variable | type | default | meaning |", "|---|---|---|---|"]
    for variable, field, default in iter_variables(settings):
        cells = (f"`{variable}`", _type(field.annotation), _default(field, default), field.description or "")
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _type(annotation: Any) -> str:
    if annotation is SecretStr:
        return "secret"
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return {"str": "text", "int": "integer", "float": "number", "bool": "true or false", "Path": "path"}.get(
            annotation.__name__, annotation.__name__
        )
    arguments = [argument for argument in get_args(annotation) if argument is not type(None)]
    if all(isinstance(argument, str) for argument in arguments):
        return " or ".join(f"`{argument}`" for argument in arguments)
    if is_json(annotation):
        return "JSON"
    return " or ".join(_type(argument) for argument in arguments)


def _default(field: FieldInfo, default: Any) -> str:
    if field.is_required():
        return "required"
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if default is None or default == "":
        return "–"
    return f"`{json.dumps(default) if isinstance(default, bool | dict) else default}`"
