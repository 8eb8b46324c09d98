"""The attributes that our components hang on spaCy's documents and entities."""

from __future__ import annotations

from spacy.tokens import Doc, Span


def register() -> None:
    """Declare ``Doc._.quotes`` and ``Span._.name``, ``name_key``, ``entity_id``; any component may call it first."""
    if not Doc.has_extension("quotes"):
        Doc.set_extension("quotes", default=[])
    for attribute in ("name", "name_key", "entity_id"):
        if not Span.has_extension(attribute):
            Span.set_extension(attribute, default=None)
