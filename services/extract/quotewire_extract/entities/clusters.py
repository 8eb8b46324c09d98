"""Who and what an article names: its mentions grouped into figures, each with the fullest name the article gives."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.gender import gender_of_title
from quotewire_names import Gender, gender_of_given_name
from quotewire_names.name_key import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.cleanup import Mention


@dataclass(slots=True)
class EntityCluster:
    """Somebody or something that an article names. ``number`` is the order of first appearance, from 0."""

    number: int
    label: str
    name: str
    key: str
    mentions: list[Mention] = field(default_factory=list)

    @property
    def is_person(self) -> bool:
        """Whether it is one human being."""
        return self.label == "PERSON"


@dataclass(frozen=True, slots=True)
class NamedMention:
    """An entity mention together with its figure."""

    mention: Mention
    figure: EntityCluster


@dataclass(slots=True)
class _Group:
    label: str
    forms: Counter[str]
    mentions: list[Mention]
    title: Gender | None = None


_COMPANY = re.compile(r"[, ]+(?:Inc|Corp|Ltd|LLC|PLC|plc|AG|SA|SE|NV|Co|GmbH|SpA)\.?$")
_SMALL = frozenset({"of", "and", "for", "the", "in", "on", "de", "la", "du", "des", "und", "y", "e", "to", "&", "a"})


def cluster_mentions(text: str, mentions: Sequence[Mention]) -> list[EntityCluster]:
    """Group the mentions of one article. The same mentions give the same figures, in order of first appearance."""
    groups = _people(text, [m for m in mentions if m.label == "PERSON"])
    groups += _bodies(text, [m for m in mentions if m.label != "PERSON"])
    groups.sort(key=lambda group: group.mentions[0].start)
    figures: list[EntityCluster] = []
    for number, group in enumerate(groups):
        name = _fullest(group.forms)
        if group.label == "PERSON" and name.isupper() and len(name) >= 4:
            name = name.title()  # a transcript's label; shorter ones are initials (JFK)
        figures.append(EntityCluster(number, group.label, name, name_key(name), sorted(group.mentions)))
    return figures


def _fullest(forms: Counter[str]) -> str:
    """The name with most words; of equals the most frequent, then the longest, then the alphabetically first.

    A longer form that stands once and only adds words at the end of one that comes back is a headline's verb taken for
    a name (Ruth Amadi Hammers), not a fuller name.
    """
    chance = {
        form
        for form in forms
        for other in forms
        if forms[form] == 1
        and forms[other] > 1
        and " " in other
        and form.startswith(other + " ")
        and not _suffixed(form)
    }

    def rank(form: str) -> tuple[int, int, int]:
        shouting = (form.isupper() and len(form) > 5) or form in chance
        return (0 if shouting else len(form.split()), forms[form], len(form))

    return max(sorted(forms), key=rank)


def _suffixed(form: str) -> bool:
    return bool(_suffix(name_key(form).split()))


def _form(text: str, mention: Mention) -> str:
    form = " ".join(text[mention.start : mention.end].split())
    return re.sub(r"^[Tt]he (?=\S)", "", form)


def _people(text: str, mentions: Sequence[Mention]) -> list[_Group]:
    """Full names first, then what stands alone: a surname, a given name, a name with one part more or less."""
    groups: list[_Group] = []
    keyed: dict[str, _Group] = {}
    single: list[tuple[Mention, str, list[str]]] = []
    for mention in mentions:
        form = _form(text, mention)
        parts = name_key(form).split()
        if len(parts) < 2:
            single.append((mention, form, parts))
            continue
        key = " ".join(parts)
        group = keyed.get(key) or _same_person(parts, keyed)
        if group is None:
            group = _Group("PERSON", Counter(), [])
            groups.append(group)
        keyed[key] = group
        group.forms[form] += 1
        group.mentions.append(mention)
        group.title = group.title or gender_of_title(_before(text, mention))
    surnames: dict[str, _Group] = {}
    courtesies = [(mention, form, parts, *_courtesy(text, mention)) for mention, form, parts in single]
    for mention, form, parts, title, office in sorted(courtesies, key=lambda entry: entry[3] is None):
        key = parts[0] if parts else form.lower()
        apart = next((g for name, g in surnames.items() if office and name.split()[0] == key), None)
        group = (
            apart
            or _bearer(key, mention.start, title, keyed)
            or surnames.get(f"{key} {title}")
            or surnames.get(f"{key} None")
        )
        if group is None:
            group = surnames[f"{key} {title}"] = _Group("PERSON", Counter(), [], title)
            groups.append(group)
        group.forms[form] += 1
        group.mentions.append(mention)
    return groups


def _before(text: str, mention: Mention) -> str:
    """The words of the same noun phrase before the name."""
    line = text[max(0, mention.start - 60) : mention.start]
    return re.split(r"[\n,.;:“”\"()–—]|\b(?:and|of|to|with|by|for|from|at)\b", line)[-1]


def _courtesy(text: str, mention: Mention) -> tuple[Gender | None, bool]:
    """The gender of the title right before a surname, and whether it is an office: Mrs. Obama is not Barack Obama.

    Where a Mr. Obama is known to be another than Michelle Obama, so is President Obama.
    """
    match = re.search(r"(\w+)\.?\s$", text[max(0, mention.start - 20) : mention.start])
    if match is None or match.group(1).lower() not in words("en/titles.txt"):
        return None, False
    gender = gender_of_title(match.group(1))
    return gender, gender is None


def _same_person(parts: list[str], keyed: dict[str, _Group]) -> _Group | None:
    """A group with the same surname whose other parts do not contradict: Robert F. Kennedy and Robert Kennedy."""
    for key, group in keyed.items():
        other = key.split()
        if other[-1] != parts[-1] and not (_suffix(parts) or _suffix(other)):
            if _contained(parts, other) or _contained(other, parts):
                return group
            continue
        if _suffix(parts) != _suffix(other):
            continue
        if other[0] == parts[0] and (len(parts) == 2 or len(other) == 2):
            return group
    return None


def _suffix(parts: list[str]) -> str:
    return parts[-1] if parts[-1] in {"jr", "sr", "junior", "ii", "iii", "iv"} else ""


def _contained(short: list[str], long: list[str]) -> bool:
    """Whether the shorter name is the head or the tail of the longer one: Ursula von der Leyen, von der Leyen."""
    return 1 < len(short) < len(long) and (long[-len(short) :] == short or long[: len(short)] == short)


def _bearer(key: str, start: int, title: Gender | None, keyed: dict[str, _Group]) -> _Group | None:
    """The person whose surname (else another part of whose name) this is.

    Of two with one surname it is the first whom the article named: it gives the other one a given name or a title.
    """
    ranked: list[tuple[int, int, int, _Group]] = []
    for full, group in keyed.items():
        parts = [part for part in full.split() if part not in {"jr", "sr"}]
        if key not in parts:
            continue
        if title is not None:
            known = group.title or gender_of_given_name(_fullest(group.forms))
            if known is not None and known != title:
                continue
        place = 0 if key == parts[-1] else 1 if key == parts[0] else 2
        first = group.mentions[0].start
        ranked.append((place, first > start, first, group))
    return min(ranked, key=lambda entry: entry[:3])[3] if ranked else None


def _bodies(text: str, mentions: Sequence[Mention]) -> list[_Group]:
    """Organisations, places and the rest: by key, without company forms, acronyms with what they stand for."""
    keyed: dict[tuple[str, str], _Group] = {}
    for mention in mentions:
        form = _form(text, mention)
        label = mention.label
        key = (label, name_key(_COMPANY.sub("", form)) or form.lower())
        group = keyed.setdefault(key, _Group(label, Counter(), []))
        group.forms[form] += 1
        group.mentions.append(mention)
    _join_acronyms(keyed)
    _join_short_names(keyed)
    return list({id(group): group for group in keyed.values()}.values())


def _join_acronyms(keyed: dict[tuple[str, str], _Group]) -> None:
    long = [(group, _initials(form)) for (label, _), group in keyed.items() if label == "ORG"
            for form in group.forms if len(form.split()) > 1]  # fmt: skip
    for key, group in list(keyed.items()):
        form = next(iter(group.forms)).replace(".", "")
        if key[0] not in {"ORG", "MISC"} or not (2 <= len(form) <= 8 and form.isupper()):
            continue
        home = next((other for other, initials in long if form.lower() in initials and other is not group), None)
        if home is not None:
            home.forms.update(group.forms)
            home.mentions.extend(group.mentions)
            home.mentions.sort()
            keyed[key] = home


def _join_short_names(keyed: dict[tuple[str, str], _Group]) -> None:
    """A body by the first word of its name: Palmira Foods, Palmira. Not where the word is a place or too common."""
    heads = {
        key.split()[0]: group
        for (label, key), group in keyed.items()
        if label == "ORG"
        and any(" " in form and form.split()[-1] in words("en/company_words.txt") for form in group.forms)
    }
    for (label, key), group in list(keyed.items()):
        home = heads.get(key)
        if label == "ORG" and home is not None and home is not group and len(key) > 3 and key not in _COMMON:
            home.forms.update(group.forms)
            home.mentions = sorted({*home.mentions, *group.mentions})
            keyed[(label, key)] = home


_COMMON = frozenset(
    {"national", "united", "european", "international", "central", "federal", "royal", "world", "general"}
)


def _initials(form: str) -> set[str]:
    parts = re.findall(r"\w+|&", form)
    large = "".join(part[0] for part in parts if part.lower() not in _SMALL).lower()
    short = "".join(part[0] for part in parts if part[0].isupper()).lower()
    everything = "".join(part[0] for part in parts).lower()
    cut = parts.index("of") if "of" in parts else len(parts)
    head = "".join(part[0] for part in parts[:cut] if part.lower() not in _SMALL).lower()
    return {large, short, everything} | ({head} if len(head) > 2 else set())
