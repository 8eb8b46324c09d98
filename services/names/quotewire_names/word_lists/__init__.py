"""Load word lists: text files in a package, each with its source in its head."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@cache
def words(file: str, section: str | None = None, *, package: str = __name__) -> frozenset[str]:
    """Return all entries of a list, or only those under ``[section]``.

    Args:
        file: path inside the package, for example ``given_names.txt``. Entries of a line are separated by commas.
        section: name of a section; None for the whole file.
        package: the package that holds the file.
    """
    lines = _lines_by_section(package, file)
    return frozenset(entry for name, line in lines if section in (None, name) for entry in _entries(line) if entry)


@cache
def groups(file: str, *, package: str = __name__) -> Mapping[str, str]:
    """Return a table of spellings: each word of a line maps to the first word of that line.

    Raises:
        ValueError: a word is on two lines.
    """
    table: dict[str, str] = {}
    for _, line in _lines_by_section(package, file):
        first, *others = _entries(line)
        for word in (first, *others):
            if table.setdefault(word, first) != first:
                message = f"{package}/{file}: {word!r} is on two lines, {table[word]!r} and {first!r}"
                raise ValueError(message)
    return MappingProxyType(table)


def _lines_by_section(package: str, file: str) -> Iterator[tuple[str, str]]:
    section = ""
    for raw in files(package).joinpath(file).read_text(encoding="utf-8").splitlines():
        line = raw.split("#", 1)[0].strip()
        if line.startswith("["):
            section = line.strip("[] ")
        elif line:
            yield section, line


def _entries(line: str) -> list[str]:
    return [entry.strip() for entry in line.split(",")]
