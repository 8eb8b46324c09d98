"""A consumer of the topic of quotations that keeps the rules of docs/consume.md."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quotewire_runtime.kafka.headers import text_of
from quotewire_schemas import Quote, QuotesVoided, decode
from quotewire_schemas.topics import CE_QUOTES_VOIDED


class QuoteConsumer:
    """Holds the quotations that are valid after what it was given so far."""

    def __init__(self) -> None:
        self._seen: set[str | None] = set()
        self._newest: dict[str, tuple[int, int]] = {}
        self._valid: dict[tuple[str, str], Quote] = {}
        self.notices: list[tuple[str, int, int, str]] = []
        """Article, revision, release and reason of each notice, in order, without repeated ones."""

    def handle(self, messages: Iterable[Any]) -> None:
        """Handle records of the topic, each with headers and value."""
        for message in messages:
            ce_id = text_of(message.headers, "ce_id")
            if ce_id in self._seen:
                continue
            self._seen.add(ce_id)
            voids = text_of(message.headers, "ce_type") == CE_QUOTES_VOIDED
            self.apply(decode(QuotesVoided, message.value) if voids else decode(Quote, message.value))

    def apply(self, record: Quote | QuotesVoided) -> None:
        """Apply one record, which did not occur before."""
        sequence = (record.revision, record.annotator_release)
        if isinstance(record, QuotesVoided):
            self.notices.append((record.article_id, *sequence, record.reason))
        if sequence < self._newest.get(record.article_id, sequence):
            return
        self._newest[record.article_id] = sequence
        if isinstance(record, Quote):
            self._valid[record.article_id, record.quote_id] = record
            return
        for key, quote in list(self._valid.items()):
            if key[0] == record.article_id and (quote.revision, quote.annotator_release) < sequence:
                del self._valid[key]

    @property
    def valid(self) -> set[tuple[str, str, int, int]]:
        """Article, quotation, revision and release of each valid quotation."""
        return {(*key, quote.revision, quote.annotator_release) for key, quote in self._valid.items()}
