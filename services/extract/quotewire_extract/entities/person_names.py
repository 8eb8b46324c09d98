"""Group the mentions of persons: full names by key, then surnames and other single names with their full names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.entities.entity_mention import surface_form
from quotewire_extract.entities.name_groups import NameGroup, fullest_form, generation_suffix
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.gender import gender_of_title
from quotewire_names import Gender, gender_of_given_name, name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.entity_mention import EntityMention


def group_persons(text: str, mentions: Sequence[EntityMention]) -> list[NameGroup]:
    """Group by full name first; then single names join them, or make groups of their own."""
    full: dict[str, NameGroup] = {}
    groups: list[NameGroup] = []
    single: list[tuple[EntityMention, str, list[str]]] = []
    for mention in mentions:
        form = surface_form(text, mention)
        parts = name_key(form).split()
        if len(parts) < 2:
            single.append((mention, form, parts))
            continue
        key = " ".join(parts)
        group = full.get(key) or _same_person(parts, full)
        if group is None:
            group = NameGroup("PERSON")
            groups.append(group)
        full[key] = group
        group.add(form, mention)
        group.title = group.title or gender_of_title(_words_before(text, mention))
    return groups + _join_surnames(text, single, full)


def _join_surnames(
    text: str, single: Sequence[tuple[EntityMention, str, list[str]]], full: dict[str, NameGroup]
) -> list[NameGroup]:
    """Add single names to the persons who bear them; returns new groups for the others.

    Names with a courtesy title are first, because the titles distinguish two persons with one surname.
    """
    new: list[NameGroup] = []
    surnames: dict[str, NameGroup] = {}
    titled = [(mention, form, parts, *_courtesy_title(text, mention)) for mention, form, parts in single]
    for mention, form, parts, title, is_office in sorted(titled, key=lambda entry: entry[3] is None):
        key = parts[0] if parts else form.lower()
        distinct = next((g for name, g in surnames.items() if is_office and name.split()[0] == key), None)
        group = (
            distinct
            or _bearer(key, mention.start, title, full)
            or surnames.get(f"{key} {title}")
            or surnames.get(f"{key} None")
        )
        if group is None:
            group = surnames[f"{key} {title}"] = NameGroup("PERSON", title=title)
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


def _same_person(parts: list[str], full: dict[str, NameGroup]) -> NameGroup | None:
    """Find a group with the same surname and no contradicting part: Robert F. Kennedy and Robert Kennedy."""
    for key, group in full.items():
        other = key.split()
        if other[-1] != parts[-1] and not (generation_suffix(parts) or generation_suffix(other)):
            if _head_or_tail(parts, other) or _head_or_tail(other, parts):
                return group
            continue
        if generation_suffix(parts) != generation_suffix(other):
            continue
        if other[0] == parts[0] and (len(parts) == 2 or len(other) == 2):
            return group
    return None


def _head_or_tail(short: list[str], long: list[str]) -> bool:
    """Whether the shorter name is the head or the tail of the longer one: Ursula von der Leyen, von der Leyen."""
    return 1 < len(short) < len(long) and (long[-len(short) :] == short or long[: len(short)] == short)


def _bearer(key: str, start: int, title: Gender | None, full: dict[str, NameGroup]) -> NameGroup | None:
    """Find the person with this surname, else with this other part of the name.

    Of several it is the one named first: a newspaper gives the others a given name or a title.
    """
    ranked: list[tuple[int, int, int, NameGroup]] = []
    for name, group in full.items():
        parts = [part for part in name.split() if part not in {"jr", "sr"}]
        if key not in parts:
            continue
        if title is not None:
            known = group.title or gender_of_given_name(fullest_form(group.forms))
            if known is not None and known != title:
                continue
        position = 0 if key == parts[-1] else 1 if key == parts[0] else 2
        first = group.mentions[0].start
        ranked.append((position, first > start, first, group))
    return min(ranked, key=lambda entry: entry[:3])[3] if ranked else None
