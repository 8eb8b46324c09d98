"""The metadata of a trained tagger: the file ``reader.json`` beside its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quotewire_extract.tagger.thresholds import Decoding

FILE = "reader.json"

FORMAT: Final = 1
"""Raised when the network's inputs or outputs change their meaning; other numbers are rejected."""

DistanceBias = Annotated[tuple[float, ...], Field(min_length=17, max_length=17)]
ParagraphBias = Annotated[tuple[float, ...], Field(min_length=5, max_length=5)]


class UnfitModelError(ValueError):
    """The model's files do not fit this code; the message says which and why."""


class TaggerMetadata(BaseModel):
    """What decoding needs to know beside the network's outputs.

    Args:
        labels: entity types in the order of the network's tags (tag 0 is outside, 1 + 2k begins ``labels[k]``, 2 + 2k
            continues it).
        window: pieces that the encoder sees at once, without [CLS] and [SEP].
        table_width: width of a query or key of the two tables.
        distance_bias, paragraph_bias: added to the tables' scores (first content, then source) by the buckets of
            ``windows``.
        decoding: the thresholds that suit these weights.
        weight_bits: bits of the integer weights, sign included (see ``network.needs_wide_sums``).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1] = FORMAT
    name: str = ""
    version: str = ""
    labels: tuple[str, ...] = Field(min_length=1)
    window: int = Field(gt=0)
    table_width: int = Field(gt=0)
    distance_bias: tuple[DistanceBias, DistanceBias]
    paragraph_bias: tuple[ParagraphBias, ParagraphBias]
    decoding: Decoding = Decoding()
    weight_bits: int = Field(default=8, ge=2, le=8)

    @classmethod
    def load(cls, folder: Path) -> TaggerMetadata:
        """Read ``reader.json`` in the model's folder. Raises UnfitModelError."""
        path = folder / FILE
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise UnfitModelError(f"{path}: {error.strerror}") from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UnfitModelError(f"{path}: {where or 'the file'}: {first['msg']}") from error

    def save(self, folder: Path) -> None:
        """Write ``reader.json`` into the folder; equal metadata gives equal bytes."""
        (folder / FILE).write_text(self.model_dump_json(indent=1) + "\n", encoding="utf-8")
