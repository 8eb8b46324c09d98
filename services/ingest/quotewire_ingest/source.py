"""A source as the operator describes it in `sources.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Source(BaseModel):
    """One publication: where its articles come from, and its own options."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$", description="Its name in every record.")]
    outlet: str | None = Field(None, description="Name of the publication, where its pages state a worse one.")
    feeds: list[str] = Field(
        default_factory=list,
        description="URLs of its feeds, sitemaps and sitemap indexes, or of pages that link to its feeds.",
    )
    folders: list[Path] = Field(
        default_factory=list, description="Folders in which every new file is ingested; the same for all replicas."
    )
    push_sha256: list[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] = Field(
        default_factory=list, description="SHA-256 (hex) of each bearer token with which its articles may be pushed."
    )
    push: bool = Field(False, description="Articles may be pushed; QUOTEWIRE_PUSH__TOKENS holds the token.")
    verify_tls: bool = Field(
        True,
        description="False: fetch from its servers though their certificates cannot be verified; counted and logged.",
    )
    keep_raw_days: float | None = Field(
        None, gt=0, description="Days for which its raw bytes are archived; without it, QUOTEWIRE_ARCHIVE__KEEP_DAYS."
    )

    @model_validator(mode="after")
    def _has_origin(self) -> Source:
        if not (self.feeds or self.folders or self.push or self.push_sha256):
            raise ValueError("name some feeds, folders, or push")
        return self
