"""The reader by itself: text in, names and quotations out. It knows nothing of spaCy or Kafka."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from quotewire_extract.quotation import Quotation
from quotewire_extract.tagger.decoding import Decoding
from quotewire_extract.tagger.entities import Name, find_names, plain_words
from quotewire_extract.tagger.evidence import Evidence, ownership
from quotewire_extract.tagger.layout import attributed_by_layout, combined
from quotewire_extract.tagger.network import Network
from quotewire_extract.tagger.pieces import Ints, Pieces, cut, even_windows, load_tokenizer, windows
from quotewire_extract.tagger.quotations import find_quotations

TOKENIZER = "tokenizer.json"


@dataclass(frozen=True, slots=True)
class TaggerOutput:
    """What one text says: its names, as runs of ``words`` [k, 2], and its quotations, in the order of their cues."""

    words: Ints
    names: Sequence[Name]
    quotations: list[Quotation]


class Tagger:
    """A trained reader, loaded from its folder (``model.int8.onnx``, ``tokenizer.json``, ``reader.json``)."""

    def __init__(
        self, folder: Path, threads: int = 1, stride: int | None = None, decoding: Decoding | None = None
    ) -> None:
        """Load it.

        ``threads`` per window; ``stride``: let windows overlap and begin about so many pieces apart;
        ``decoding``: other thresholds than the model's own.

        Raises UnfitModelError where the files do not fit.
        """
        self.network = Network(folder, threads)
        self.tokenizer = load_tokenizer(folder / TOKENIZER)
        self.stride = stride
        self.decoding = decoding or self.network.metadata.decoding

    def read(self, text: str, words: Ints | None = None) -> TaggerOutput:
        """Read a text of any length. ``words`` [k, 2]: code points of its words, where the caller has a tokenizer."""
        pieces = cut(text, self.tokenizer)
        evidence = self.evidence(pieces)
        words = plain_words(pieces) if words is None else words
        names = find_names(pieces, evidence.tags, self.network.metadata.labels, words)
        quotations = find_quotations(pieces, evidence, self.decoding)
        return TaggerOutput(words, names, combined(quotations, attributed_by_layout(text, pieces.marked)))

    def evidence(self, pieces: Pieces) -> Evidence:
        """Score every window and gather what each says of the pieces it owns."""
        meta = self.network.metadata
        found = windows(pieces, meta.window, self.stride) if self.stride else even_windows(pieces, meta.window)
        evidence = Evidence.empty(len(pieces))
        for window, owned in zip(found, ownership(found, len(pieces)), strict=True):
            evidence.add(pieces, window, self.network.score(pieces, window), owned, meta, self.decoding.cue)
        return evidence
