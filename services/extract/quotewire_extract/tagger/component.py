"""The tagger as a component of a spaCy pipeline: it sets ``doc.ents`` and ``doc._.quotes``."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from spacy.attrs import IDX, LENGTH
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.util import registry

from quotewire_extract.extensions import register_extensions
from quotewire_extract.scorers import Scorer, Scores, score_entities, score_quotations
from quotewire_extract.tagger.metadata import FILE, UnfitModelError
from quotewire_extract.tagger.network import WEIGHTS
from quotewire_extract.tagger.pieces import Ints
from quotewire_extract.tagger.tagger import TOKENIZER, Tagger

FILES = (WEIGHTS, TOKENIZER, FILE)


def tagger_score(examples: Iterable[Example], **kwargs: Any) -> Scores:
    """Score entities and quotations."""
    examples = list(examples)
    return score_entities(examples) | score_quotations(examples)


@registry.scorers("quotewire.tagger_scorer.v1")  # type: ignore[untyped-decorator]  # spaCy's registry has no types
def make_tagger_scorer() -> Scorer:
    """Make the scorer for a pipeline's config."""
    return tagger_score


class TaggerComponent:
    """Entities and quotations of a document, in one pass of the encoder.

    Documents and windows are scored one by one: the result of one never depends on what else goes through ``nlp.pipe``
    (``Network.score`` says why that is also faster). The text may have any length. Memory grows with the text by about
    0.1 KB a word beside spaCy's own; the encoder needs that of a single window.
    """

    def __init__(
        self,
        name: str = "wire_reader",
        threads: int = 1,
        stride: int | None = None,
        scorer: Scorer | None = tagger_score,
    ) -> None:
        """Create a component without a model; ``from_disk`` loads one. ``threads`` and ``stride``: see ``Tagger``."""
        register_extensions()
        self.scorer = scorer
        self.name = name
        self.threads = threads
        self.stride = stride
        self._folder: Path | None = None
        self._tagger: Tagger | None = None

    @property
    def tagger(self) -> Tagger:
        """The trained tagger. Raises UnfitModelError where none was loaded."""
        if self._tagger is None:
            raise UnfitModelError(
                f"component {self.name!r} has no model: load it with from_disk, or spacy.load('en_wire')"
            )
        return self._tagger

    @property
    def labels(self) -> tuple[str, ...]:
        """The entity types it knows."""
        return self.tagger.network.metadata.labels if self._tagger else ()

    def __call__(self, doc: Doc) -> Doc:
        """Set entities (existing ones are replaced) and quotations of one document."""
        output = self.tagger.tag(doc.text, token_offsets(doc))
        doc.set_ents([Span(doc, entity.first, entity.last + 1, entity.label) for entity in output.entities])
        doc._.quotes = output.quotations
        return doc

    def score(self, examples: Iterable[Example], **kwargs: Any) -> Scores:
        """Score predicted against reference documents (``nlp.evaluate``)."""
        return self.scorer(examples, **kwargs) if self.scorer is not None else {}

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> TaggerComponent:
        """Load weights, tokenizer and metadata from a folder. Raises UnfitModelError."""
        self._folder = Path(path)
        self._tagger = Tagger(self._folder, self.threads, self.stride)
        return self

    def use_threads(self, threads: int) -> None:
        """Reload the model for another number of processor threads."""
        self.threads = threads
        if self._folder is not None:
            self.from_disk(self._folder)

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        """Copy the model's files into a folder."""
        target = Path(path)
        target.mkdir(parents=True, exist_ok=True)
        if self._folder is None or self._folder.resolve() == target.resolve():
            return
        for file in FILES:
            shutil.copyfile(self._folder / file, target / file)


def token_offsets(doc: Doc) -> Ints:
    """Return the code points [k, 2] of the document's tokens."""
    starts_and_lengths: Ints = doc.to_array([IDX, LENGTH]).astype(np.int64).reshape(-1, 2)
    starts_and_lengths[:, 1] += starts_and_lengths[:, 0]
    return starts_and_lengths


@Language.factory(
    "wire_reader",
    assigns=["doc.ents", "token.ent_type", "token.ent_iob", "doc._.quotes"],
    default_config={"threads": 1, "stride": None, "scorer": {"@scorers": "quotewire.tagger_scorer.v1"}},
    default_score_weights={
        "ents_f": 0.5, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None,
        "quotes_f": 0.5, "quotes_p": 0.0, "quotes_r": 0.0,
    },
)  # fmt: skip
def make_wire_reader(
    nlp: Language, name: str, threads: int, stride: int | None, scorer: Scorer | None
) -> TaggerComponent:
    """Make the component for a pipeline's config."""
    return TaggerComponent(name, threads, stride, scorer)
