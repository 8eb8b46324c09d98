"""A pipeline that stands for the release before `en_wire`: it misses every other quotation.

An extract of the previous release uses it (`QUOTEWIRE_EXTRACT__PIPELINES__EN=en_older`): the results of the two
releases differ, so the audit finds a result that should have been replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.language import Language

import en_wire

if TYPE_CHECKING:
    from spacy.tokens import Doc


def load() -> Language:
    """Load `en_wire` and add a component at the end."""
    nlp = en_wire.load()
    nlp.add_pipe("older")
    return nlp


@Language.component("older")
def older(doc: Doc) -> Doc:
    """Keep the first quotation, the third, and so on, without those that have a parent."""
    doc._.quotes = [quote for quote in doc._.quotes[::2] if quote.parent is None]
    return doc
