"""A parser that shouts texts, and fails where a text says so: for the pools of ingest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from quotewire_ingest.parse.document_pool import for_each_document


@dataclass(frozen=True, slots=True)
class Text:
    """What it parses."""

    name: str
    body: str


def load_shouter() -> Callable[[list[Text]], Iterator[Any]]:
    """Initialise a worker."""

    def parse(text: Text) -> str:
        if text.body == "out of memory":
            raise MemoryError
        return ["loud"][int(text.body)] if text.body.isdigit() else text.body.upper()

    return for_each_document(parse)
