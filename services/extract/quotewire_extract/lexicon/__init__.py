"""Word lists that the rules stand on, as data: each file says in its head where its words come from and why."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def _lines(file: str) -> Iterator[str]:
    for line in files(__name__).joinpath(file).read_text(encoding="utf-8").splitlines():
        entry = line.split("#", 1)[0].strip()
        if entry:
            yield entry


@cache
def words(file: str, section: str | None = None) -> frozenset[str]:
    """All entries of a list, or those under ``[section]``; several stand on a line, parted by commas."""
    return frozenset(
        entry for name, line in _sectioned(file) if section in (None, name) for entry in _entries(line) if entry
    )


@cache
def groups(file: str) -> Mapping[str, str]:
    """A table of spellings: every word of a line leads to the line's first word."""
    table: dict[str, str] = {}
    for _, line in _sectioned(file):
        first, *others = _entries(line)
        for word in (first, *others):
            if table.setdefault(word, first) != first:
                message = f"lexicon/{file}: {word!r} stands on two lines, {table[word]!r} and {first!r}"
                raise ValueError(message)
    return MappingProxyType(table)


def _sectioned(file: str) -> Iterator[tuple[str, str]]:
    section = ""
    for line in _lines(file):
        if line.startswith("["):
            section = line.strip("[] ")
        else:
            yield section, line


def _entries(line: str) -> list[str]:
    return [entry.strip() for entry in line.split(",")]
