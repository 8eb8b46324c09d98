"""Keep spaCy's tokenizer from texts without blanks: its time grows with the square of what stands between two blanks.

Eight thousand quotation marks in a row take it more than ten seconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc

Tokenize: TypeAlias = Callable[[str], Doc]

MAX_RUN, MAX_SIGNS = 300, 100
"""Code points between two blanks, and signs among them, that spaCy's tokenizer gets: a run takes it up to 13 ms then.
Addresses of web pages are the longest runs of newspapers and have fewer."""

_LONG_RUN = re.compile(rf"\S{{{MAX_SIGNS + 1},}}")
_PART = re.compile(r"\w{1,100}|\S")


class LongRunTokenizer:
    """A tokenizer that splits long runs into words and single signs, and leaves the rest to another one."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer

    def __call__(self, text: str) -> Doc:
        """Tokenize a text; the document's text is the same."""
        docs: list[Doc] = []
        begin = 0
        for match in _LONG_RUN.finditer(text):
            run = match.group()
            if len(run) <= MAX_RUN and sum(not character.isalnum() for character in run) <= MAX_SIGNS:
                continue
            if begin < match.start():
                docs.append(self._tokenizer(text[begin : match.start()]))
            words = _PART.findall(run)
            spaces = [False] * len(words)
            spaces[-1] = text[match.end() : match.end() + 1] == " "
            docs.append(Doc(self._tokenizer.vocab, words=words, spaces=spaces))
            begin = match.end() + spaces[-1]
        if begin < len(text) or not docs:
            docs.append(self._tokenizer(text[begin:]))
        doc: Doc = Doc.from_docs(docs, ensure_whitespace=False) if len(docs) > 1 else docs[0]
        return doc


def without_long_runs(tokenizer: Tokenize) -> Tokenize:
    """Keep long runs from spaCy's own tokenizer; others, those of languages without blanks, stay as they are."""
    return LongRunTokenizer(tokenizer) if type(tokenizer) is Tokenizer else tokenizer
