"""Apply what came of an input to the database: publish, withdraw or queue, and decide its outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace

from quotewire_ingest.archive.appending import Appending
from quotewire_ingest.archive.writer import Archive
from quotewire_ingest.decision import Decision
from quotewire_ingest.identity import article_id_of_url
from quotewire_ingest.model import Document, ParsedArticle
from quotewire_ingest.publish import addresses, articles, revisions
from quotewire_ingest.publish.reparse import publish_reparsed
from quotewire_ingest.queue import link_retries
from quotewire_ingest.queue.expansion import Expansion, enqueue_expansion
from quotewire_ingest.queue.kinds import (
    Input,
    LeasedInput,
    LiftInput,
    ReparseInput,
    UnreadableInput,
    UrlInput,
    WithdrawInput,
)
from quotewire_ingest.rejection import Rejected, RejectedInput, RejectionReason
from quotewire_ingest.urls import is_url
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection

# A URL is fetched again after these seconds, times the attempts so far, or when the server said.
_RETRY_URL_AFTER_S = 30.0
# An address that led to more articles is a page that always shows the newest one: nobody means all of them.
_MAX_WITHDRAWN = 10


@dataclass(frozen=True, slots=True)
class Processed:
    """A leased input and what came of it; ``result`` is None where there is nothing to load."""

    leased: LeasedInput
    document: Document | None = None
    result: ParsedArticle | RejectedInput | Expansion | None = None


def retry_delay(processed: Processed, max_attempts: int) -> float | None:
    """Return the seconds after which a URL is to be fetched again; None where its failure is final.

    It is where no attempt is left, too.
    """
    leased, result = processed.leased, processed.result
    if not isinstance(leased.item, UrlInput) or not isinstance(result, RejectedInput):
        return None
    if not result.transient or leased.attempts >= max_attempts:
        return None
    return max(_RETRY_URL_AFTER_S * leased.attempts, result.retry_after_s or 0.0)


async def apply(connection: Connection, processed: Processed, archive: Appending | None) -> Decision:
    """Apply one input, in the transaction that holds its outcome. Raises ``OSError`` (the archive's disk is full)."""
    leased, item = processed.leased, processed.leased.item
    try:
        match processed.result:
            case RejectedInput() as rejected:
                if rejected.transient and processed.document is None and isinstance(item, UrlInput):
                    await link_retries.retry_later(connection, item.name)
                return Decision(Outcome.REJECTED, None, None, rejected.reason, rejected.message)
            case Expansion() as expansion:
                return await enqueue_expansion(connection, leased, expansion)
            case ParsedArticle() as parsed if isinstance(item, ReparseInput):
                return await publish_reparsed(connection, parsed, item.archived)
            case ParsedArticle() as parsed:
                assert processed.document is not None
                return await revisions.publish(connection, parsed, processed.document, archive, leased.origin)
            case None:
                return await _withdraw_or_lift(connection, item, archive.archive if archive else None)
    except Rejected as error:
        return Decision(Outcome.REJECTED, None, None, error.reason, error.message)
    except ValueError as error:  # no URL, or one that no record can hold
        return Decision(Outcome.REJECTED, None, None, RejectionReason.BAD_ADDRESS, str(error))


async def _withdraw_or_lift(connection: Connection, item: Input | UnreadableInput, archive: Archive | None) -> Decision:
    own = [article_id_of_url(item.name)] if is_url(item.name) else []
    for address in own:
        await articles.lock_address(connection, address)
    found = await addresses.articles_at(connection, item.name)
    if isinstance(item, LiftInput):
        return await revisions.lift(connection, [*found, *own])
    assert isinstance(item, WithdrawInput), "all others were loaded"
    if len(found) > _MAX_WITHDRAWN:
        message = f"led to {len(found)} articles; withdraw those that you mean by their article_id"
        return Decision(Outcome.REJECTED, None, None, RejectionReason.AMBIGUOUS, message)
    decisions = [await revisions.withdraw(connection, article_id, item.why, archive) for article_id in found]
    first = next((one for one in decisions if one.outcome is Outcome.WITHDRAWN), decisions[0])
    return first if len(found) == 1 else replace(first, message=f"led to {len(found)} articles: {', '.join(found)}")
