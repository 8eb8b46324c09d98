"""From articles to entities and attributed quotations: the service ``extract``, and a library.

::

    from quotewire_extract import Pipelines, annotate_article

    enriched = annotate_article(article, Pipelines({"en": "en_wire"}))

``__all__`` names what others use. Each name is imported on first use, so that importing the package costs nothing and
the tagger can be used where the records' package is not installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quotewire_extract.annotate import annotate_article
    from quotewire_extract.pipeline import Pipelines
    from quotewire_extract.quotation import Quotation, SpeakerMention
    from quotewire_extract.release import ANNOTATOR_RELEASE
    from quotewire_extract.rendering import html_page, quotation_table

__all__ = [
    "ANNOTATOR_RELEASE",
    "Pipelines",
    "Quotation",
    "SpeakerMention",
    "annotate_article",
    "html_page",
    "quotation_table",
]

_MODULES = {
    "ANNOTATOR_RELEASE": "release",
    "Pipelines": "pipeline",
    "Quotation": "quotation",
    "SpeakerMention": "quotation",
    "annotate_article": "annotate",
    "html_page": "rendering",
    "quotation_table": "rendering",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
