"""Group the mentions of organisations, places and other entities that are not persons, by the key of their name.

Company forms (Inc, Ltd) do not count; acronyms and short names join the full name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.entities.entity_mention import surface_form
from quotewire_extract.entities.name_groups import NameGroup
from quotewire_extract.lexicon import words
from quotewire_names import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.entity_mention import EntityMention

_COMPANY_FORM = re.compile(r"[, ]+(?:Inc|Corp|Ltd|LLC|PLC|plc|AG|SA|SE|NV|Co|GmbH|SpA)\.?$")
_SMALL_WORDS = frozenset(
    {"of", "and", "for", "the", "in", "on", "de", "la", "du", "des", "und", "y", "e", "to", "&", "a"}
)
_TOO_COMMON = frozenset(
    {"national", "united", "european", "international", "central", "federal", "royal", "world", "general"}
)
"""First words that so many names share that they stand for none alone."""

_Groups = dict[tuple[str, str], NameGroup]
"""Groups by label and key of the name."""


def group_organisations(text: str, mentions: Sequence[EntityMention]) -> list[NameGroup]:
    """Group the mentions of everything but persons."""
    groups: _Groups = {}
    for mention in mentions:
        form = surface_form(text, mention)
        label = mention.label
        key = (label, name_key(_COMPANY_FORM.sub("", form)) or form.lower())
        groups.setdefault(key, NameGroup(label)).add(form, mention)
    _join_acronyms(groups)
    _join_short_names(groups)
    return list({id(group): group for group in groups.values()}.values())


def _join_acronyms(groups: _Groups) -> None:
    long: dict[str, list[NameGroup]] = {}  # by acronym, two groups each at most: one may be that of the acronym itself
    for (label, _), group in groups.items():
        for form in group.forms if label == "ORG" else ():
            for initials in _initials(form) if len(form.split()) > 1 else ():
                known = long.setdefault(initials, [])
                if len(known) < 2 and group not in known:
                    known.append(group)
    for key, group in list(groups.items()):
        form = next(iter(group.forms)).replace(".", "")
        if key[0] not in {"ORG", "MISC"} or not (2 <= len(form) <= 8 and form.isupper()):
            continue
        full = next((other for other in long.get(form.lower(), ()) if other is not group), None)
        if full is not None:
            full.forms.update(group.forms)
            full.mentions.extend(group.mentions)
            full.mentions.sort()
            groups[key] = full


def _join_short_names(groups: _Groups) -> None:
    """Join a company's first word to its full name (Palmira, Palmira Foods), unless the word is a place or common."""
    heads = {
        key.split()[0]: group
        for (label, key), group in groups.items()
        if label == "ORG"
        and any(" " in form and form.split()[-1] in words("en/company_words.txt") for form in group.forms)
    }
    for (label, key), group in list(groups.items()):
        full = heads.get(key)
        if label == "ORG" and full is not None and full is not group and len(key) > 3 and key not in _TOO_COMMON:
            full.forms.update(group.forms)
            full.mentions = sorted({*full.mentions, *group.mentions})
            groups[(label, key)] = full


def _initials(form: str) -> set[str]:
    """Return the acronyms that a name can have."""
    parts = re.findall(r"\w+|&", form)
    large = "".join(part[0] for part in parts if part.lower() not in _SMALL_WORDS).lower()
    capitals = "".join(part[0] for part in parts if part[0].isupper()).lower()
    everything = "".join(part[0] for part in parts).lower()
    end = parts.index("of") if "of" in parts else len(parts)
    head = "".join(part[0] for part in parts[:end] if part.lower() not in _SMALL_WORDS).lower()
    return {large, capitals, everything} | ({head} if len(head) > 2 else set())
