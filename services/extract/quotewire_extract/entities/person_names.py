"""Group the mentions of persons: full names by key, then surnames and other single names with their full names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.entities.entity_mention import surface_form
from quotewire_extract.entities.full_names import FullNames
from quotewire_extract.entities.name_groups import NameGroup
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.gender import gender_of_title
from quotewire_names import Gender, name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.entity_mention import EntityMention


def group_persons(text: str, mentions: Sequence[EntityMention]) -> list[NameGroup]:
    """Group by full name first; then single names join them, or make groups of their own."""
    full = FullNames()
    groups: list[NameGroup] = []
    single: list[tuple[EntityMention, str, list[str]]] = []
    for mention in mentions:
        form = surface_form(text, mention)
        parts = name_key(form).split()
        if len(parts) < 2:
            single.append((mention, form, parts))
            continue
        group = full.find(parts)
        if group is None:
            group = NameGroup("PERSON")
            groups.append(group)
        group.add(form, mention)
        full.add(parts, group)
        group.title = group.title or gender_of_title(_words_before(text, mention))
    return groups + _join_surnames(text, single, full)


def _join_surnames(
    text: str, single: Sequence[tuple[EntityMention, str, list[str]]], full: FullNames
) -> list[NameGroup]:
    """Add single names to the persons who bear them; returns new groups for the others.

    Names with a courtesy title are first, because the titles distinguish two persons with one surname.
    """
    new: list[NameGroup] = []
    surnames: dict[str, NameGroup] = {}
    by_first_word: dict[str, NameGroup] = {}
    titled = [(mention, form, parts, *_courtesy_title(text, mention)) for mention, form, parts in single]
    for mention, form, parts, title, is_office in sorted(titled, key=lambda entry: entry[3] is None):
        key = parts[0] if parts else form.lower()
        group = (
            (by_first_word.get(key) if is_office else None)
            or full.bearer(key, title)
            or surnames.get(f"{key} {title}")
            or surnames.get(f"{key} None")
        )
        if group is None:
            group = surnames[f"{key} {title}"] = NameGroup("PERSON", title=title)
            by_first_word.setdefault(f"{key} {title}".split()[0], group)
            new.append(group)
        group.add(form, mention)
    return new


def _words_before(text: str, mention: EntityMention) -> str:
    """Return the words of the same noun phrase before the name."""
    line = text[max(0, mention.start - 60) : mention.start]
    return re.split(r"[\n,.;:“”\"()–—]|\b(?:and|of|to|with|by|for|from|at)\b", line)[-1]


def _courtesy_title(text: str, mention: EntityMention) -> tuple[Gender | None, bool]:
    """Return the gender of the title right before a surname, and whether it is an office.

    "Mrs. Obama" is not Barack Obama. Where a Mr. Obama other than Michelle Obama is known, "President Obama" is he.
    """
    match = re.search(r"(\w+)\.?\s$", text[max(0, mention.start - 20) : mention.start])
    if match is None or match.group(1).lower() not in words("en/titles.txt"):
        return None, False
    gender = gender_of_title(match.group(1))
    return gender, gender is None
