"""Texts as arrays for the training loop: word pieces, features and labels, one file per corpus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from quotewire_extract.tagger.pieces import Ints, Pieces, tokenize
from quotewire_training.speech_cues import is_core
from quotewire_training.tags import ENTITY_TYPES, IGNORED, QUOTE_PARTS, begin, inside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tokenizers import Tokenizer

    from quotewire_training.spans import NamedText, QuotedText

_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Example:
    """One text of n pieces with its labels.

    A quoted text has `parts` [n, 3] (cue, content, source; 0 outside, 1 begins, 2 goes on), `core` [n] (1 or 0 on
    cues, else IGNORED) and `links` [m, 3]: anchor piece of a cue, 0 for content or 1 for source, linked piece. A named
    text has `tags` [n] of the entity head.
    """

    pieces: Pieces
    parts: Ints | None = None
    core: Ints | None = None
    anchors: Ints | None = None
    links: Ints | None = None
    tags: Ints | None = None


def quoted_example(quoted: QuotedText, tokenizer: Tokenizer) -> Example:
    """Label the pieces of a text with its quotations."""
    pieces = tokenize(quoted.text, tokenizer)
    n = len(pieces)
    parts, core = np.zeros((n, len(QUOTE_PARTS)), np.int64), np.full(n, IGNORED, np.int64)
    anchors: list[int] = []
    links: list[tuple[int, int, int]] = []
    for attribution in quoted.attributions:
        stretches = (attribution.cue, attribution.content, attribution.source)
        for column, part in enumerate(stretches):
            for stretch in part:
                covered = pieces.covered([stretch])
                if len(covered):
                    parts[covered, column] = 2
                    parts[covered[0], column] = 1
        cue = pieces.covered(attribution.cue)
        if not len(cue):
            continue
        core[cue] = is_core(attribution, quoted.text, pieces.marked)
        anchor = int(cue[0])
        anchors.append(anchor)
        for table, part in enumerate(stretches[1:]):
            links += [(anchor, table, int(piece)) for piece in pieces.covered(part)]
    for stretch in quoted.discarded:
        covered = pieces.covered([stretch])
        parts[covered], core[covered] = IGNORED, IGNORED
    return Example(
        pieces,
        parts=parts,
        core=core,
        anchors=np.array(sorted(set(anchors)), np.int64),
        links=np.array(sorted(set(links)), np.int64).reshape(-1, 3),
    )


def named_example(named: NamedText, tokenizer: Tokenizer) -> Example:
    """Label the pieces of a text with its entities; types that are not ours are ignored."""
    pieces = tokenize(named.text, tokenizer)
    tags = np.zeros(len(pieces), np.int64)
    for start, end, entity_type in named.entities:
        covered = pieces.covered([(start, end)])
        if not len(covered):
            continue
        if entity_type not in ENTITY_TYPES:
            tags[covered] = IGNORED
            continue
        tags[covered] = inside(entity_type)
        tags[covered[0]] = begin(entity_type)
    tags[pieces.covered(named.unknown)] = IGNORED
    return Example(pieces, tags=tags)


_PIECE_ARRAYS = ("ids", "features", "paragraph", "parts", "core", "tags")


def save(examples: Sequence[Example], path: Path) -> None:
    """Write the examples to one .npz; the same examples give the same bytes. Texts and offsets are not stored."""
    arrays: dict[str, npt.NDArray[np.integer]] = {
        "length": np.array([len(e.pieces) for e in examples], np.int64),
        "ids": np.concatenate([e.pieces.ids for e in examples]).astype(np.uint16),
        "features": np.concatenate([e.pieces.features for e in examples]).astype(np.uint8),
        "paragraph": np.concatenate([e.pieces.paragraph for e in examples]).astype(np.uint16),
    }
    if examples[0].tags is not None:
        arrays["tags"] = np.concatenate([_present(e.tags) for e in examples]).astype(np.int8)
    else:
        arrays["parts"] = np.concatenate([_present(e.parts) for e in examples]).astype(np.int8)
        arrays["core"] = np.concatenate([_present(e.core) for e in examples]).astype(np.int8)
        for name in ("anchors", "links"):
            each = [_present(getattr(e, name)) for e in examples]
            arrays[f"{name}_length"] = np.array([len(a) for a in each], np.int64)
            arrays[name] = np.concatenate(each).astype(np.int32)
    # numpy dates every member of the archive 1980-01-01: nothing in it depends on the clock.
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, allow_pickle=False, **arrays)
    partial.replace(path)


def load(path: Path) -> list[Example]:
    """Read what `save` wrote; the pieces come back without text, offsets and words."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    ends = np.cumsum(arrays["length"])[:-1]
    split = {name: np.split(arrays[name].astype(np.int64), ends) for name in _PIECE_ARRAYS if name in arrays}
    for name in ("anchors", "links"):
        if name in arrays:
            split[name] = np.split(arrays[name].astype(np.int64), np.cumsum(arrays[f"{name}_length"])[:-1])
    examples = []
    for i in range(len(arrays["length"])):
        pieces = Pieces("", split["ids"][i], _NONE, split["features"][i], split["paragraph"][i], _NONE, ())
        labels = {name: split[name][i] for name in ("parts", "core", "anchors", "links", "tags") if name in split}
        examples.append(Example(pieces, **labels))
    return examples


def _present(array: Ints | None) -> Ints:
    if array is None:
        raise ValueError("texts with quotations and texts with entities do not go into one file")
    return array
