"""The settings of one build, read from a TOML file under `models/training/builds/`."""

from __future__ import annotations

import math
import tomllib
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from quotewire_extract.tagger.thresholds import Decoding


class BuildError(Exception):
    """The build cannot continue; the message says in one line why and what to do."""


class Corpus(BaseModel):
    """One source of examples. `path` is relative to the corpora folder, or to models/training where `own` is true."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    form: Literal["polnear", "polnear-restaged", "docbin", "markup"]
    path: str
    licence: str
    own: bool = False
    share: float = Field(default=1.0, gt=0, le=1, description="share of its texts that is used, evenly spread")
    copies: int = Field(default=1, ge=1, description="how often an epoch contains it")

    @property
    def quoted(self) -> bool:
        """True for corpora of quotations, false for corpora of entities."""
        return self.form != "docbin"


class Schedule(BaseModel):
    """How long and how fast to train. Times are steps of about `pieces` word pieces."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(gt=0)
    warmup: int = 40
    cooldown: float = Field(default=0.4, gt=0, le=1, description="share of the steps over which the rate falls to zero")
    pieces: int = Field(default=4096, description="pieces a step; 4096 fill 16 windows and 3 GB of memory")
    entity_share: float = Field(default=0.4, ge=0, le=1, description="share of the steps that train entities")
    rate: float = Field(default=2e-4, description="learning rate of the encoder")
    head_rate: float = 1e-3
    bias_rate: float = Field(default=3e-2, description="of the tables' biases, which start at zero and end near 5")
    average: float = Field(default=0.99, description="decay of the averaged weights, a step")
    masked: float = Field(default=0.0, ge=0, lt=1, description="share of the pieces replaced by [MASK]")
    dropout: float = Field(default=0.0, ge=0, lt=1, description="inside the layers, after each half")
    rounded_from: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="share of the steps after which products are rounded as in the quantised tagger; 1: never",
    )
    save_every_s: float = 240


class Course(BaseModel):
    """One training run of several whose weights are averaged: the same corpora in another order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    share: float = Field(gt=0, le=1, description="share of its weights in the blend")
    dropout: float | None = Field(default=None, ge=0, lt=1, description="instead of the schedule's")


class Build(BaseModel):
    """One build of the tagger. `decoding` holds the thresholds that `tune` found for its weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    seed: int
    start: Literal["base", "packaged"] = Field(
        default="base", description="the weights that training begins with: the base model's, or the packaged tagger's"
    )
    window: int = 254
    corpora: tuple[Corpus, ...]
    train: Schedule
    courses: tuple[Course, ...] = Field(default=(), description="runs whose weights are blended; none: one run")
    kept: float = Field(default=0.0, ge=0, lt=1, description="share of the packaged tagger's weights in the blend")
    decoding: Decoding = Decoding()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = self.kept + sum(course.share for course in self.courses)
        if self.courses and not math.isclose(total, 1.0):
            raise ValueError(f"the shares of the courses and `kept` sum to {total:g}, not to 1")
        return self

    def of_course(self, course: Course) -> Build:
        """Return the build of one course alone."""
        changed: dict[str, float] = {} if course.dropout is None else {"dropout": course.dropout}
        return self.model_copy(update={"seed": course.seed, "train": self.train.model_copy(update=changed)})

    @classmethod
    def read(cls, path: Path) -> Build:
        """Read a build; raises BuildError with the file and the field."""
        try:
            return cls.model_validate(tomllib.loads(path.read_text("utf-8")))
        except OSError as error:
            raise BuildError(f"{path}: {error.strerror}") from error
        except tomllib.TOMLDecodeError as error:
            raise BuildError(f"{path}: {error}") from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(map(str, first["loc"])) or "the build"
            raise BuildError(f"{path}: {field}: {first['msg']}") from error
