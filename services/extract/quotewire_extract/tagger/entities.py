"""Decode the tags of the pieces to entities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quotewire_extract.tagger.pieces import Ints, Pieces


@dataclass(frozen=True, slots=True)
class TaggedEntity:
    """A named entity: words ``[first, last]`` of those given to ``decode_entities``, and its type."""

    first: int
    last: int
    label: str


def decode_entities(pieces: Pieces, tags: Ints, labels: Sequence[str], words: Ints) -> list[TaggedEntity]:
    """Join tagged pieces to entities, in order and without overlap.

    The first piece of a word decides for the word, so entities consist of whole words; none crosses the end of a line.

    Args:
        pieces: the text.
        tags: [n] tag of each piece.
        labels: the entity types in the order of the tags.
        words: [k, 2] code points of the text's words, ascending, for instance the tokens of a spaCy document.
    """
    if not len(pieces) or not len(words):
        return []
    word = np.searchsorted(words[:, 0], pieces.offsets[:, 0], side="right") - 1
    first = np.flatnonzero(np.append(word[0] >= 0, word[1:] != word[:-1]))
    chosen = first[tags[first] > 0]
    found: list[TaggedEntity] = []
    for tag, here in zip(tags[chosen].tolist(), word[chosen].tolist(), strict=True):
        label, continues = labels[(tag - 1) // 2], tag % 2 == 0
        last = found[-1] if found else None
        if last and continues and last.label == label and _adjoin(pieces.text, words, last.last, here):
            found[-1] = TaggedEntity(last.first, here, label)
        else:
            found.append(TaggedEntity(here, here, label))
    return found


def _adjoin(text: str, words: Ints, left: int, right: int) -> bool:
    """Whether only spaces stand between two words."""
    between = text[words[left, 1] : words[right, 0]]
    return "\n" not in between and not between.strip()


def plain_words(pieces: Pieces) -> Ints:
    """Return code points [k, 2] of the words, for callers without a tokenizer: letters and digits in a row."""
    if not len(pieces):
        return np.zeros((0, 2), np.int64)
    text, starts, ends = pieces.text, pieces.offsets[:, 0], pieces.offsets[:, 1]
    first = np.ones(len(pieces), bool)
    for i in (np.flatnonzero(starts[1:] <= ends[:-1]) + 1).tolist():
        start = int(starts[i])  # two pieces of one character (Hangul) stay together
        first[i] = start == ends[i - 1] and not (text[start].isalnum() and text[start - 1].isalnum())
    at = np.flatnonzero(first)
    return np.stack([starts[at], ends[np.append(at[1:], len(pieces)) - 1]], 1)
