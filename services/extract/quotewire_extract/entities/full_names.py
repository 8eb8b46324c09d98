"""The full names of an article's persons, found by the key of a name, by parts of it, and by single words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quotewire_extract.entities.name_groups import fullest_form, generation_suffix
from quotewire_names import Gender, gender_of_given_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from quotewire_extract.entities.name_groups import NameGroup

_MAX_WORDS = 12
"""Words of a name that is compared with longer ones; the fullest names of persons have half as many."""


class FullNames:
    """Names of at least two words, each with the group of the person, in order of first appearance.

    Args of the methods: ``parts`` are the words of a name's key.
    """

    def __init__(self) -> None:
        self._groups: dict[str, NameGroup] = {}
        self._numbers: dict[str, int] = {}
        self._by_ends: dict[tuple[str, str], str] = {}
        self._by_head: dict[str, list[str]] = {}
        self._by_word: dict[str, list[tuple[int, int, NameGroup]]] = {}
        self._genders: dict[int, Gender | None] = {}
        self._bearers: dict[tuple[str, Gender | None], NameGroup | None] = {}

    def find(self, parts: Sequence[str]) -> NameGroup | None:
        """Find the person with this name, else the first with the same surname and no contradicting part.

        Robert F. Kennedy and Robert Kennedy are one person, and so are Ana Ruiz Lopez and Ana Ruiz.
        """
        found = self._groups.get(" ".join(parts))
        if found is None:
            key = min(self._similar(parts), key=lambda key: self._numbers[key], default=None)
            found = None if key is None else self._groups[key]
        return found

    def add(self, parts: Sequence[str], group: NameGroup) -> None:
        """Add a name of a person whose mentions, or at least the first one, are known."""
        key = " ".join(parts)
        if key in self._groups:
            return
        self._groups[key] = group
        self._numbers[key] = len(self._numbers)
        self._by_ends.setdefault((parts[0], parts[-1]), key)
        for head in _heads(parts):
            self._by_head.setdefault(head, []).append(key)
        words = [part for part in parts if part not in {"jr", "sr"}]
        for word in dict.fromkeys(words):
            position = 0 if word == words[-1] else 1 if word == words[0] else 2
            self._by_word.setdefault(word, []).append((position, group.mentions[0].start, group))

    def bearer(self, word: str, title: Gender | None) -> NameGroup | None:
        """Find the person whose surname, else another part of whose name, this is; call it after all names are added.

        Of several it is the one named first: a newspaper gives the others a given name or a title. ``title``: the
        gender of the title before the word, which excludes persons of another one.
        """
        if title is not None and not self._genders:
            groups = {id(group): group for group in self._groups.values()}
            self._genders = {number: _gender(group) for number, group in groups.items()}
        if (word, title) not in self._bearers:
            agreeing = (
                entry
                for entry in self._by_word.get(word, ())
                if title is None or self._genders[id(entry[2])] in (None, title)
            )
            best = min(agreeing, key=lambda entry: entry[:2], default=None)
            self._bearers[word, title] = None if best is None else best[2]
        return self._bearers[word, title]

    def _similar(self, parts: Sequence[str]) -> Iterator[str]:
        """Yield keys of names that differ only by parts that one of them leaves out."""
        first_and_last = self._by_ends.get((parts[0], parts[-1])) if len(parts) == 2 else f"{parts[0]} {parts[-1]}"
        if first_and_last in self._groups:
            yield first_and_last
        if generation_suffix(parts):
            return
        heads = (head for head in _heads(parts) if head in self._groups)
        longer = iter(self._by_head.get(" ".join(parts), ()))
        for shorter_or_longer in (heads, longer):
            for key in shorter_or_longer:
                words = key.split()
                if words[-1] != parts[-1] and not generation_suffix(words):
                    yield key
                    if shorter_or_longer is longer:
                        break


def _heads(parts: Sequence[str]) -> list[str]:
    """Return the beginnings of a name that are names: at least two words, and not all."""
    return [" ".join(parts[:count]) for count in range(2, len(parts))] if len(parts) <= _MAX_WORDS else []


def _gender(group: NameGroup) -> Gender | None:
    return group.title or gender_of_given_name(fullest_form(group.forms))
