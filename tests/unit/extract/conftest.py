from pathlib import Path

import pytest
from spacy.language import Language

import en_wire
from quotewire_extract.pipeline import Pipelines
from quotewire_extract.tagger.tagger import Tagger

MODEL = Path(en_wire.__file__).parent / "pipeline" / "wire_reader"


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The folder of the tagger that we ship."""
    return MODEL


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    """The tagger that we ship, without spaCy."""
    return Tagger(MODEL)


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The whole English pipeline."""
    return en_wire.load()


@pytest.fixture(scope="session")
def pipelines() -> Pipelines:
    """The pipelines of the default settings."""
    return Pipelines({"en": "en_wire"})
