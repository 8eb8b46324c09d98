"""The extension attributes that our components set on spaCy's documents and spans."""

from __future__ import annotations

from spacy.tokens import Doc, Span


def register_extensions() -> None:
    """Declare ``Doc._.quotes`` and ``Span._.name``, ``name_key``, ``entity_id``; every component calls it first."""
    if not Doc.has_extension("quotes"):
        Doc.set_extension("quotes", default=[])
    for attribute in ("name", "name_key", "entity_id"):
        if not Span.has_extension(attribute):
            Span.set_extension(attribute, default=None)
