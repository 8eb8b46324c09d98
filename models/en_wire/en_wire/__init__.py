"""The English pipeline of Quotewire: ``spacy.load("en_wire")`` or ``en_wire.load()``."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.util import load_model_from_path

__version__ = version("en_wire")

PIPELINE = Path(__file__).parent / "pipeline"


def load(**overrides: Any) -> Language:
    """Load the pipeline; the arguments are those of ``spacy.load`` (``exclude``, ``disable``, ``config``, …)."""
    return load_model_from_path(PIPELINE, **overrides)
