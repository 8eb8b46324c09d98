"""Read `sources.yaml`: which feeds are polled, which folders are watched, and who may push."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from quotewire_ingest.fetch.ssrf import check_url
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.source import Source
from quotewire_runtime.errors import SettingsError


class SourcesConfig(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: list[Source]


def load_sources(path: Path) -> list[Source]:
    """Read a `sources.yaml`. Raises ``SettingsError`` with the file, the entry and what is wrong."""
    try:
        loaded = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; QUOTEWIRE_SOURCES__FILE names it") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not YAML: {_yaml_problem(error)}") from error
    if not isinstance(loaded, dict):
        raise SettingsError(f"{path}: it must begin with `sources:`, a list")
    try:
        config = SourcesConfig.model_validate(loaded)
    except ValidationError as error:
        raise SettingsError(f"{path}: {_first_problem(error)}") from error
    _check(path, config)
    return config.sources


def _yaml_problem(error: yaml.YAMLError | UnicodeDecodeError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1}: {error.problem}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is no UTF-8"
    return " ".join(str(error).split())[:200]


def _first_problem(error: ValidationError) -> str:
    """Describe the first problem: entry (from 0), field and what is wrong: `sources.0.id: Field required`."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    problem = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        fields = Source.model_fields if len(first["loc"]) > 1 else SourcesConfig.model_fields
        problem = f"no such field; there are {', '.join(fields)}"
    return f"{'.'.join(map(str, first['loc']))}: {problem}"


def _check(path: Path, config: SourcesConfig) -> None:
    seen: set[str] = set()
    owners: dict[str, str] = {}
    for source in config.sources:
        if source.id in seen:
            raise SettingsError(f"{path}: two sources are named {source.id}")
        seen.add(source.id)
        for feed in source.feeds:
            try:
                check_url(feed, allow_private=True)
            except Rejected as rejected:
                raise SettingsError(f"{path}: {source.id}: {feed[:200]!r}: {rejected.message}") from rejected
        # Articles of a feed that two sources name would be credited to either by chance.
        for claimed in (*source.feeds, *map(str, source.folders), *source.push_sha256):
            if owners.setdefault(claimed, source.id) != source.id:
                raise SettingsError(f"{path}: {source.id} and {owners[claimed]} both name {claimed[:200]}")
        for folder in source.folders:
            if not folder.is_absolute():
                raise SettingsError(f"{path}: {source.id}: {folder}: write the whole path, from /")
