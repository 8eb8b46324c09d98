"""Load the spaCy pipelines, one per language, and run texts through them."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from quotewire_extract.release import ANNOTATOR_RELEASE
from quotewire_runtime.errors import SettingsError

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MAX_PART = 20_000
"""Code points that a pipeline without our tagger gets at once. spaCy's parser and tagger use about 1 GB for 100,000;
nine of ten articles are shorter than this."""


class Pipeline:
    """One loaded pipeline."""

    def __init__(self, nlp: Language) -> None:
        """Wrap a pipeline and its tokenizer; one that names no entities gets our component ``names`` at its end."""
        from quotewire_extract.long_runs import without_long_runs  # loads spaCy

        if not _assigns(nlp, "span._.name"):
            nlp.add_pipe("names")
        nlp.tokenizer = without_long_runs(nlp.tokenizer)
        self._nlp = nlp
        self.finds_quotations = _assigns(nlp, "doc._.quotes")
        """Whether it sets ``doc._.quotes``; then it also handles texts of any length."""
        self.name = f"{nlp.meta['lang']}_{nlp.meta['name']} {nlp.meta['version']}"

    def docs(self, text: str) -> Iterator[tuple[int, Doc]]:
        """Yield the documents of a text, each with the code point at which it begins."""
        if self.finds_quotations:
            yield 0, self._nlp(text)
            return
        for start, end in split_text(text, MAX_PART):
            yield start, self._nlp(text[start:end])


class Pipelines:
    """The pipelines of the settings, each loaded when its language first occurs."""

    def __init__(self, names: Mapping[str, str], threads: int = 1, release: int = ANNOTATOR_RELEASE) -> None:
        """Store the names; nothing is loaded yet.

        Args:
            names: package name or path of a pipeline by language; of a tag such as ``en-GB`` the primary subtag counts.
            threads: processor threads of our tagger.
            release: the release number in every record annotated with them.
        """
        self.release = release
        self._names = {primary_subtag(language): name for language, name in names.items()}
        self._threads = threads
        self._loaded: dict[str, Pipeline] = {}

    def load(self) -> None:
        """Load all of them now. Raises SettingsError."""
        for language in self._names:
            self.for_language(language)

    def for_language(self, language: str | None) -> Pipeline | None:
        """Return the pipeline for a language tag, or None. Raises SettingsError where it does not load."""
        key = primary_subtag(language or "")
        if key not in self._names:
            return None
        if key not in self._loaded:
            self._loaded[key] = self._load(key)
        return self._loaded[key]

    def _load(self, key: str) -> Pipeline:
        import spacy

        from quotewire_extract.tagger.component import TaggerComponent

        name = self._names[key]
        variable = settings_variable(key)
        require_installed(key, name)
        try:
            # A distribution and its package may have different names; spaCy only looks for distributions.
            by_name = Path(name).is_dir() or spacy.util.is_package(name)
            nlp: Language = spacy.load(name) if by_name else importlib.import_module(name).load()
            for _, component in nlp.pipeline:
                if isinstance(component, TaggerComponent) and component.threads != self._threads:
                    component.use_threads(self._threads)
            return Pipeline(nlp)
        except (OSError, ValueError, ImportError, AttributeError) as error:
            raise SettingsError(f"{variable}: {name} does not load: {str(error).splitlines()[0]}") from error


def primary_subtag(language: str) -> str:
    """Return the primary subtag of a language tag, in lower case: ``en`` for ``en-GB``."""
    return language.replace("_", "-").split("-", 1)[0].strip().lower()


def settings_variable(language: str) -> str:
    """Return the environment variable that names a language's pipeline."""
    return f"QUOTEWIRE_EXTRACT__PIPELINES__{language.upper()}"


def require_installed(language: str, name: str) -> None:
    """Check, without loading spaCy, that a pipeline exists. Raises SettingsError with what to do."""
    if name and Path(name).is_dir():
        return
    if not (name.isidentifier() and importlib.util.find_spec(name)):
        raise SettingsError(
            f"{settings_variable(language)}: no spaCy pipeline {name!r} is installed here and no folder has that name; "
            f"install it with pip, or name another one"
        )


def split_text(text: str, longest: int) -> Iterator[tuple[int, int]]:
    """Split a text into spans of at most ``longest`` code points: after a line, else after a space, else anywhere."""
    start = 0
    while len(text) - start > longest:
        limit = start + longest
        end = text.rfind("\n", start, limit) + 1 or text.rfind(" ", start, limit) + 1 or limit
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def _assigns(nlp: Language, attribute: str) -> bool:
    return any(attribute in nlp.get_pipe_meta(name).assigns for name in nlp.pipe_names)
