"""Reads `sources.yaml`: which feeds the operator wants polled."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quotewire_ingest.refusal import Refused
from quotewire_ingest.safety import check_url
from quotewire_runtime.errors import SettingsError


class Source(BaseModel):
    """One publication and its feeds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$", description="Its name in every record.")]
    outlet: str | None = Field(None, description="Name of the publication, where its pages state a worse one.")
    feeds: list[str] = Field(min_length=1, description="Addresses of its RSS, Atom, RDF or JSON feeds.")


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
        raise SettingsError(f"{path}: not YAML: {' '.join(str(error).split())[:200]}") from error
    try:
        wish = Wish.model_validate(loaded)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise SettingsError(f"{path}: {'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}") from error
    seen: set[str] = set()
    for source in wish.sources:
        if source.id in seen:
            raise SettingsError(f"{path}: two sources are named {source.id}")
        seen.add(source.id)
        for feed in source.feeds:
            try:
                check_url(feed, allow_private=True)
            except Refused as refused:
                raise SettingsError(f"{path}: {source.id}: {feed[:200]!r}: {refused.message}") from refused
    return wish.sources
