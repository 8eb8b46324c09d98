"""What a release before `en_wire` might have been: it misses every other quotation.

Named by an extract of the release before (`QUOTEWIRE_EXTRACT__PIPELINES__EN=en_older`), so that the answers of the two
releases differ and one that the other has replaced is seen where it lingers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from spacy.language import Language

import en_wire

if TYPE_CHECKING:
    from spacy.tokens import Doc


def load() -> Language:
    """Load `en_wire` with a component behind it."""
    nlp = en_wire.load()
    nlp.add_pipe("older")
    return nlp


@Language.component("older")
def older(doc: Doc) -> Doc:
    """Keep the first quotation, the third, and so on; of two that belong together, neither or both."""
    doc._.quotes = [quote for quote in doc._.quotes[::2] if quote.parent is None]
    return doc
