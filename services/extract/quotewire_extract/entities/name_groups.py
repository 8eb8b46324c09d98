"""A group of mentions that mean the same entity while clusters are built, and the fullest of its names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_names import name_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from quotewire_extract.entities.entity_mention import EntityMention
    from quotewire_names import Gender


MAX_FORMS = 50
"""Forms of one name that are counted; the names of an article have at most a handful."""


@dataclass(slots=True)
class NameGroup:
    """Mentions of one entity, how often each form of its name occurs, and the gender of the first known title."""

    label: str
    forms: Counter[str] = field(default_factory=Counter)
    mentions: list[EntityMention] = field(default_factory=list)
    title: Gender | None = None

    def add(self, form: str, mention: EntityMention) -> None:
        """Add one mention."""
        if form in self.forms or len(self.forms) < MAX_FORMS:
            self.forms[form] += 1
        self.mentions.append(mention)


def fullest_form(forms: Counter[str]) -> str:
    """Return the form with most words; of equals the most frequent, then the longest, then the first by alphabet.

    A longer form that occurs once and only adds words at the end of one that recurs is not a fuller name but a headline
    whose verb was taken for a name (Ruth Amadi Hammers).
    """
    recurring = tuple(f"{form} " for form in forms if forms[form] > 1 and " " in form)
    headlines = {
        form
        for form in forms
        if forms[form] == 1 and form.startswith(recurring) and not generation_suffix(name_key(form).split())
    }

    def rank(form: str) -> tuple[int, int, int]:
        poor = (form.isupper() and len(form) > 5) or form in headlines
        return (0 if poor else len(form.split()), forms[form], len(form))

    return max(sorted(forms), key=rank)


def generation_suffix(parts: Sequence[str]) -> str:
    """Return the suffix of a folded name that tells generations apart, or ""."""
    return parts[-1] if parts[-1] in {"jr", "sr", "junior", "ii", "iii", "iv"} else ""
