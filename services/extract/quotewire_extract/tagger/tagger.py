"""The tagger without spaCy: text in, entities and quotations out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quotewire_extract.quotation import Quotation
from quotewire_extract.tagger.entities import TaggedEntity, decode_entities, plain_words
from quotewire_extract.tagger.evidence import Evidence
from quotewire_extract.tagger.layout import attributed_by_layout, merge_with_layout
from quotewire_extract.tagger.network import Network
from quotewire_extract.tagger.pieces import Ints, Pieces, load_tokenizer, tokenize
from quotewire_extract.tagger.quotations import decode_quotations
from quotewire_extract.tagger.thresholds import Decoding
from quotewire_extract.tagger.windows import assign_to_windows, even_windows, paragraph_windows

TOKENIZER = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class TaggerOutput:
    """The entities of a text, as runs of ``words`` [k, 2], and its quotations in the order of their cues."""

    words: Ints
    entities: Sequence[TaggedEntity]
    quotations: list[Quotation]


class Tagger:
    """A trained tagger, loaded from its folder (``model.int8.onnx``, ``tokenizer.json``, ``reader.json``)."""

    def __init__(
        self, folder: Path, threads: int = 1, stride: int | None = None, decoding: Decoding | None = None
    ) -> None:
        """Load the files. Raises UnfitModelError where they do not fit.

        Args:
            folder: the model's folder.
            threads: processor threads per window.
            stride: make windows overlap, with about so many pieces from one begin to the next.
            decoding: other thresholds than the model's own.
        """
        self.network = Network(folder, threads)
        self.tokenizer = load_tokenizer(folder / TOKENIZER)
        self.stride = stride
        self.decoding = decoding or self.network.metadata.decoding

    def tag(self, text: str, words: Ints | None = None) -> TaggerOutput:
        """Tag a text of any length. ``words`` [k, 2]: code points of its words, where the caller has a tokenizer."""
        pieces = tokenize(text, self.tokenizer)
        evidence = self.evidence(pieces)
        words = plain_words(pieces) if words is None else words
        entities = decode_entities(pieces, evidence.tags, self.network.metadata.labels, words)
        quotations = decode_quotations(pieces, evidence, self.decoding)
        return TaggerOutput(words, entities, merge_with_layout(quotations, attributed_by_layout(text, pieces.marked)))

    def evidence(self, pieces: Pieces) -> Evidence:
        """Score every window and collect the scores of the pieces assigned to it."""
        meta = self.network.metadata
        windows = (
            paragraph_windows(pieces, meta.window, self.stride) if self.stride else even_windows(pieces, meta.window)
        )
        evidence = Evidence.empty(len(pieces))
        for window, owned in zip(windows, assign_to_windows(windows, len(pieces)), strict=True):
            evidence.add_window(pieces, window, self.network.score(pieces, window), owned, meta, self.decoding.cue)
        return evidence
