"""Reads `sources.yaml`: what the operator wants polled, watched and taken from pushes, and for how long it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from quotewire_ingest.fetch.ssrf import check_url
from quotewire_ingest.rejection import Rejected
from quotewire_runtime.errors import SettingsError


class Source(BaseModel):
    """One publication: where its articles come from, and what is particular about it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$", description="Its name in every record.")]
    outlet: str | None = Field(None, description="Name of the publication, where its pages state a worse one.")
    feeds: list[str] = Field(
        default_factory=list,
        description="Addresses of its feeds, sitemaps and sitemap indexes, or of pages that link to its feeds.",
    )
    folders: list[Path] = Field(
        default_factory=list, description="Folders from which every new file is taken; the same for all replicas."
    )
    push_sha256: list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(
        default_factory=list, description="SHA-256 (hex) of each bearer token with which its articles may be pushed."
    )
    push: bool = Field(False, description="Articles may be pushed; QUOTEWIRE_PUSH__TOKENS holds the token.")
    verify_tls: bool = Field(
        True, description="False: ask its servers though their certificates cannot be verified; counted and told."
    )
    keep_raw_days: float | None = Field(
        None, gt=0, description="Days for which its raw bytes are kept; without it, QUOTEWIRE_ARCHIVE__KEEP_DAYS."
    )

    @model_validator(mode="after")
    def _some_origin(self) -> Source:
        if not (self.feeds or self.folders or self.push or self.push_sha256):
            raise ValueError("name some feeds, folders, or push")
        return self


class Wish(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: list[Source]


def read_wish(path: Path) -> list[Source]:
    """Read a `sources.yaml`. Raises ``SettingsError`` with the file, the entry and what is wrong."""
    try:
        loaded = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; QUOTEWIRE_SOURCES__FILE names it") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not YAML: {_unreadable(error)}") from error
    if not isinstance(loaded, dict):
        raise SettingsError(f"{path}: it must begin with `sources:`, a list")
    try:
        wish = Wish.model_validate(loaded)
    except ValidationError as error:
        raise SettingsError(f"{path}: {_first_problem(error)}") from error
    _check(path, wish)
    return wish.sources


def _unreadable(error: yaml.YAMLError | UnicodeDecodeError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}, column {error.problem_mark.column + 1}: {error.problem}"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start} is no UTF-8"
    return " ".join(str(error).split())[:200]


def _first_problem(error: ValidationError) -> str:
    """The entry (from 0), its field and what is wrong: `sources.0.id: Field required`."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    problem = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        fields = Source.model_fields if len(first["loc"]) > 1 else Wish.model_fields
        problem = f"no such field; there are {', '.join(fields)}"
    return f"{'.'.join(map(str, first['loc']))}: {problem}"


def _check(path: Path, wish: Wish) -> None:
    seen: set[str] = set()
    owners: dict[str, str] = {}
    for source in wish.sources:
        if source.id in seen:
            raise SettingsError(f"{path}: two sources are named {source.id}")
        seen.add(source.id)
        for feed in source.feeds:
            try:
                check_url(feed, allow_private=True)
            except Rejected as refused:
                raise SettingsError(f"{path}: {source.id}: {feed[:200]!r}: {refused.message}") from refused
        # What two sources claim would be credited to one of them by chance.
        for claimed in (*source.feeds, *map(str, source.folders), *source.push_sha256):
            if owners.setdefault(claimed, source.id) != source.id:
                raise SettingsError(f"{path}: {source.id} and {owners[claimed]} both name {claimed[:200]}")
        for folder in source.folders:
            if not folder.is_absolute():
                raise SettingsError(f"{path}: {source.id}: {folder}: write the whole path, from /")
