"""Parse the bodies of pushes in a worker process: a sender is trusted with its articles, not with the service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from quotewire_ingest.crash import CrashSite
from quotewire_ingest.model import Document
from quotewire_ingest.parse.document_pool import DocumentPool, ParserCrash, for_each_document
from quotewire_ingest.parse.language import detect_language
from quotewire_ingest.push.payload import PushRejected, parse_push
from quotewire_ingest.rejection import Rejected
from quotewire_ingest.settings import ParserSettings


@dataclass(frozen=True, slots=True)
class Payload:
    """The arguments of :func:`parse_push`."""

    body: bytes
    media_type: str
    source_id: str
    outlet: str | None
    received_at: datetime

    @property
    def name(self) -> str:
        """Who pushed it."""
        return f"push:{self.source_id}"


_Articles: TypeAlias = list[Document] | PushRejected


class PayloadPool(DocumentPool[Payload, _Articles]):
    """Parses pushes one after the other, in one process that has started before the first: its sender waits."""

    def __init__(self, settings: ParserSettings) -> None:
        initializer = "quotewire_ingest.push.payload_pool:load_payload_parser"
        super().__init__("body", initializer, settings, processes=1, site=CrashSite.PUSH, lazy=False)


def load_payload_parser() -> Callable[[list[Payload]], Iterator[_Articles | Rejected | ParserCrash]]:
    """Initialise a worker: load the model of languages, and return the function that parses."""
    detect_language("The ferry to Oststrand was late again on Monday.")

    def parse(one: Payload) -> _Articles:
        try:
            return parse_push(one.body, one.media_type, one.source_id, one.outlet, one.received_at)
        except PushRejected as rejected:
            return rejected

    return for_each_document(parse)
