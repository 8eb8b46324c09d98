"""Clean-up of one article's entity mentions: whole words, bare names, one label for one name, no mention missed.

A reader labels each mention by what stands around it; an article is consistent. What most mentions of a name are, all
of them are; a surname is a person where the full name is one; titles, possessives and dangling signs are no part of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.places import places
from quotewire_names import gender_of_given_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True, order=True)
class Mention:
    """One entity mention: code points of the text, end exclusive, and its label."""

    start: int
    end: int
    label: str


NAMES = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP"})
"""Labels that the clean-up may exchange; others (EVENT, DATE, …) it leaves as they are."""

QUANTITIES = frozenset({"DATE", "TIME", "PERCENT", "MONEY", "QUANTITY", "ORDINAL", "CARDINAL"})
"""Labels of what is no name: a reader's word stands ("first", "last week", "$5"), unless a name covers it."""

_UNIT = re.compile(r"(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?|\w+(?:[’'](?!s\b|S\b)\w+)*")
"""What an entity covers wholly or not at all: a word (O'Brien, but not the 's of Kyiv's) or dotted initials (U.S.)."""

_COMPASS = re.compile(
    r"(?<![\w-])(?:New|San|Los|Santa|El|La|Las|Saint|St\.|Abu|Addis|Rio de|Tel|Hong|Sri|Puerto|Costa) $"
)
"""First words of place names that a reader may leave outside; what follows them is never a name by itself."""
_FUNCTION_WORD = re.compile(r"(?:and|or|of|in|at|by|The|A|An|And|But|In|On|He|She|It|They|That|This)(?:\s+|(?=$))")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$")
_DANGLING = " \t\n\r\f\v\u00a0.,;:!?()[]{}\"“”„«»‘’'`–—-/|·•*"
_INITIALS = re.compile(r"(?:[^\W\d_]\.){2,}$")
_BODIES = frozenset({"Kremlin", "NATO", "Nato", "Pentagon", "Congress", "EU", "UN", "U.N.", "UNICEF", "UNESCO",
                     "OPEC", "CIA", "FBI", "NASA", "IMF", "WHO", "Bundestag", "Knesset", "Duma", "Hamas",
                     "Hezbollah"})  # fmt: skip
"""Single words that are always a body: a reader without context often takes them for places or persons."""


def clean(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """Clean the mentions of one article; the result is sorted and without overlaps."""
    units = [match.span() for match in _UNIT.finditer(text)]
    given = sorted(mentions)
    names = [mention for mention in given if mention.label not in QUANTITIES]
    found = _merge(text, [whole for mention in names if (whole := _whole(text, units, mention)) is not None])
    found = [_with_given_name(text, _bare(text, mention)) for mention in found]
    found = _agree(text, found)
    found = _without_overlaps(found + _missed(text, found))
    found = [mention for mention in found if mention.end > mention.start]
    return sorted([*found, *_beside(found, [mention for mention in given if mention.label in QUANTITIES])])


def _beside(names: Sequence[Mention], quantities: Sequence[Mention]) -> list[Mention]:
    """The quantities that share nothing with a name. Both are sorted and free of overlaps among themselves."""
    ends = [name.end for name in names]
    kept: list[Mention] = []
    for quantity in quantities:
        after = bisect_right(ends, quantity.start)
        if after == len(names) or names[after].start >= quantity.end:
            kept.append(quantity)
    return kept


def _whole(text: str, units: Sequence[tuple[int, int]], mention: Mention) -> Mention | None:
    """Stretch a mention to whole words, and end it at a line's end; None where it covers no word."""
    start, end = mention.start, mention.end
    while start < end and text[start] in _DANGLING and text[start] != ".":
        start += 1
    if (line := text.find("\n", start, end)) != -1:
        end = line
    first = bisect_right(units, start, key=lambda unit: unit[1])
    touched = units[first : bisect_left(units, end, key=lambda unit: unit[0])] if start < end else []
    if not touched:
        return None
    start, end = min(start, touched[0][0]), max(end, touched[-1][1])
    while (
        end > start and text[end - 1] in _DANGLING and not (text[end - 1] == "." and _INITIALS.search(text[start:end]))
    ):
        end -= 1
    start = max(start, touched[0][0])
    shorter = _POSSESSIVE.sub("", text[start:end])
    end = start + len(shorter)
    if mention.label in NAMES and (before := _COMPASS.search(text, max(0, start - 12), start)) is not None:
        start = before.start()
    if (lead := _FUNCTION_WORD.match(text, start, end)) is not None:
        start = lead.end()
        shorter = text[start:end]
    if not shorter.strip() or not (any(c.isupper() for c in shorter) or any(c.isdigit() for c in shorter)):
        return None
    return Mention(start, end, mention.label)


def _merge(text: str, mentions: list[Mention]) -> list[Mention]:
    """Join what the stretching brought together, and the halves of a name that were labelled apart."""
    persons = {text[m.start : m.end].split()[-1] for m in mentions if m.label == "PERSON"}
    merged: list[Mention] = []
    for mention in sorted(mentions):
        last = merged[-1] if merged else None
        if last is not None and mention.start < last.end:
            merged[-1] = replace(last, end=max(last.end, mention.end))
        elif last is not None and text[last.end : mention.start] == " " and _halves(text, last, mention, persons):
            merged[-1] = Mention(last.start, mention.end, "PERSON")
        else:
            merged.append(mention)
    return merged


def _halves(text: str, left: Mention, right: Mention, persons: set[str]) -> bool:
    if "PERSON" not in (left.label, right.label) or "NORP" in (left.label, right.label):
        return False
    first, second = text[left.start : left.end], text[right.start : right.end]
    if " " in first or " " in second or first in places().state_of:
        return False
    return gender_of_given_name(f"{first} {second}") is not None and (second in persons or right.label == "PERSON")


def _bare(text: str, mention: Mention) -> Mention:
    """Cut titles off a person's name."""
    if mention.label != "PERSON":
        return mention
    titles = words("en/titles.txt") | places().peoples | places().states
    start = mention.start
    while (match := _FIRST_WORD.match(text, start, mention.end)) and match.end() < mention.end:
        word = match.group(1)
        known = word.rstrip(".").lower() in titles or word in titles or word.lower() in _LOWER_TITLES
        if not known or (word.rstrip(".").lower() in _ALSO_GIVEN and not word.endswith(".")):
            break
        start = match.end()
    return replace(mention, start=start)


def _with_given_name(text: str, mention: Mention) -> Mention:
    """Take in a given name that stands before a person's surname and that the reader left outside."""
    before = _LAST_WORD.search(text, max(0, mention.start - 30), mention.start)
    if mention.label != "PERSON" or " " in text[mention.start : mention.end] or before is None:
        return mention
    known = gender_of_given_name(f"{before.group(1)} x") is not None and before.group(1).lower() not in words(
        "en/titles.txt"
    )
    return replace(mention, start=before.start()) if known else mention


_LAST_WORD = re.compile(r"(?<![\w-])([A-ZÀ-Þ][\w-]+) $")
_FIRST_WORD = re.compile(r"([^\W\d_][\w.’'-]*)\s+(?=\S)")
_ALSO_GIVEN = frozenset({"king", "prince", "major", "marshal", "justice", "judge", "earl", "duke", "sultan", "don",
                         "young", "author", "chase", "father", "hon", "saint", "mister", "imam", "then"})  # fmt: skip
"""Titles that are also given names or parts of names: they stay within the name."""
_LOWER_TITLES = frozenset({"of", "defence", "defense", "state", "foreign", "the", "vice", "minister", "secretary"})


def _agree(text: str, mentions: list[Mention]) -> list[Mention]:
    """Give each name the label that its article gives it most often; a full name decides for its surname."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    surnames: Counter[str] = Counter()
    for mention in mentions:
        if mention.label in NAMES:
            form = _form(text, mention)
            votes[form][mention.label] += 1
            if mention.label == "PERSON" and " " in form:
                surnames[form.split()[-1]] += 1
    for form, labels in list(votes.items()):
        first, _, last = form.rpartition(" ")
        if first and last in words("en/company_words.txt") and labels["PERSON"]:
            labels["ORG"] += labels.pop("PERSON")
            surnames.pop(last, None)
    company = words("en/company_words.txt")
    bodies = {f.split()[0] for f, labels in votes.items() if " " in f and labels["ORG"] and f.split()[-1] in company}
    for form, labels in votes.items():
        if " " not in form and form in bodies and form not in surnames and len(form) > 3:
            labels["ORG"] += sum(labels.values()) + 1
    for form, labels in votes.items():
        first, _, last = form.rpartition(" ")
        if first and votes.get(last, Counter())["PERSON"] and gender_of_given_name(form) is not None:
            labels["PERSON"] += sum(labels.values()) + 1
    return [replace(m, label=_label(_form(text, m), m.label, votes, surnames)) for m in mentions]


def _label(form: str, label: str, votes: dict[str, Counter[str]], surnames: Counter[str]) -> str:
    if label not in NAMES:
        return label
    known = places()
    if form in _BODIES or (label == "PERSON" and " " in form and form.split()[-1] in words("en/company_words.txt")):
        return "ORG"
    if form in surnames and " " not in form:
        return "PERSON"
    if form in known.states or form in known.capitals:
        return "LOC" if form == "Europe" else "GPE"
    if form in known.peoples or form in words("en/camps.txt"):
        return "NORP"
    top, count = votes[form].most_common(1)[0]
    return top if count > votes[form][label] else label


def _form(text: str, mention: Mention) -> str:
    return re.sub(r"^[Tt]he ", "", " ".join(text[mention.start : mention.end].split()))


def _missed(text: str, mentions: list[Mention]) -> list[Mention]:
    """Later mentions of names that were seen at least once, and surnames of those whose full name stands somewhere."""
    labels: dict[str, str] = {}
    for mention in mentions:
        form = _form(text, mention)
        if mention.label in NAMES and len(form) > 2 and form[0].isupper():
            labels.setdefault(form, mention.label)
    for form, label in list(labels.items()):
        surname = form.split()[-1]
        if label == "PERSON" and " " in form and len(surname) > 2 and surname[0].isupper():
            labels[surname] = "PERSON"
    if not labels:
        return []
    covered = [False] * (len(text) + 1)
    for mention in mentions:
        covered[mention.start : mention.end] = [True] * (mention.end - mention.start)
    alternatives = "|".join(re.escape(form) for form in sorted(labels, key=len, reverse=True))
    found: list[Mention] = []
    for match in re.finditer(rf"(?<![\w-])(?:{alternatives})(?![\w-])", text):
        start, end = match.span()
        label = labels[match.group()]
        whole = _with_given_name(text, Mention(start, end, label))
        known = whole.start < start and _AFTER.match(text, end) is None
        if any(covered[whole.start : end]) or (not known and _part_of_a_name(text, start, end)):
            continue
        found.append(whole)
    return found


_AFTER = re.compile(r" [A-ZÀ-Þ]\w+")


def _part_of_a_name(text: str, start: int, end: int) -> bool:
    """Whether another capitalised word touches the stretch: then it is part of a longer name that nobody labelled."""
    after = _AFTER.match(text, end)
    before = re.search(r"([A-ZÀ-Þ]\w+) $", text[max(0, start - 40) : start])
    inside = before is not None and not re.search(
        r"(?:^|[.!?:”\"]\s*|\n)$", text[max(0, start - 40) : start - len(before.group())]
    )
    titled = before is not None and before.group(1).lower() in words("en/titles.txt")
    return after is not None or (inside and not titled)


def _without_overlaps(mentions: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(mentions, key=lambda m: (m.start, -m.end)):
        if mention.end > mention.start and (not kept or mention.start >= kept[-1].end):
            kept.append(mention)
    return kept
