"""Make the labels of one article's mentions agree: one name has one label."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

from quotewire_extract.entities.entity_mention import NAMES, EntityMention, surface_form
from quotewire_extract.lexicon import words
from quotewire_extract.lexicon.places import places
from quotewire_names import gender_of_given_name

_ALWAYS_ORGANISATIONS = frozenset({"Kremlin", "NATO", "Nato", "Pentagon", "Congress", "EU", "UN", "U.N.", "UNICEF",
                                   "UNESCO", "OPEC", "CIA", "FBI", "NASA", "IMF", "WHO", "Bundestag", "Knesset", "Duma",
                                   "Hamas", "Hezbollah"})  # fmt: skip
"""Single words that are always an organisation; without context the tagger often labels them as places or persons."""


def agree_on_labels(text: str, mentions: list[EntityMention]) -> list[EntityMention]:
    """Give each name the label that most of its mentions have; a full name decides for its surname."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    surnames: Counter[str] = Counter()
    for mention in mentions:
        if mention.label in NAMES:
            form = surface_form(text, mention)
            votes[form][mention.label] += 1
            if mention.label == "PERSON" and " " in form:
                surnames[form.split()[-1]] += 1
    for form, labels in list(votes.items()):
        first, _, last = form.rpartition(" ")
        if first and last in words("en/company_words.txt") and labels["PERSON"]:
            labels["ORG"] += labels.pop("PERSON")
            surnames.pop(last, None)
    company = words("en/company_words.txt")
    heads = {f.split()[0] for f, labels in votes.items() if " " in f and labels["ORG"] and f.split()[-1] in company}
    for form, labels in votes.items():
        if " " not in form and form in heads and form not in surnames and len(form) > 3:
            labels["ORG"] += sum(labels.values()) + 1
    for form, labels in votes.items():
        first, _, last = form.rpartition(" ")
        if first and votes.get(last, Counter())["PERSON"] and gender_of_given_name(form) is not None:
            labels["PERSON"] += sum(labels.values()) + 1
    return [replace(m, label=_label(surface_form(text, m), m.label, votes, surnames)) for m in mentions]


def _label(form: str, label: str, votes: dict[str, Counter[str]], surnames: Counter[str]) -> str:
    if label not in NAMES:
        return label
    known = places()
    if form in _ALWAYS_ORGANISATIONS or (
        label == "PERSON" and " " in form and form.split()[-1] in words("en/company_words.txt")
    ):
        return "ORG"
    if form in surnames and " " not in form:
        return "PERSON"
    if form in known.states or form in known.capitals:
        return "LOC" if form == "Europe" else "GPE"
    if form in known.peoples or form in words("en/camps.txt"):
        return "NORP"
    top, count = votes[form].most_common(1)[0]
    return top if count > votes[form][label] else label
