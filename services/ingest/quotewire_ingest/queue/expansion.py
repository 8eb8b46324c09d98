"""Expand a feed, a sitemap or an index that was submitted: queue the URLs in it in the same job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from quotewire_ingest.decision import Decision
from quotewire_ingest.model import Document
from quotewire_ingest.queue import inputs
from quotewire_ingest.queue.kinds import LeasedInput, UrlInput
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.postgres.connection import Connection


@dataclass(frozen=True, slots=True)
class Expansion:
    """What a feed names. ``description``: what it is, for the message; ``left_out``: entries that are too old."""

    description: str
    items: Sequence[UrlInput]
    left_out: int = 0


class Expander(Protocol):
    """Parses feeds for the worker; ``sources.expand`` has the one that the service uses."""

    def recognises(self, body: bytes) -> bool:
        """Return whether a response is a feed rather than a page."""
        ...

    async def expand(self, item: UrlInput, document: Document) -> Expansion:
        """Parse the feed that was fetched from a URL. Raises ``Rejected``."""
        ...


async def enqueue_expansion(connection: Connection, leased: LeasedInput, expansion: Expansion) -> Decision:
    """Queue what a feed names, inside the caller's transaction; nothing twice in one job."""
    known = await inputs.names_in_job(connection, leased.job, [item.name for item in expansion.items])
    new = [item for item in {item.name: item for item in expansion.items}.values() if item.name not in known]
    await inputs.enqueue(connection, leased.job, new, leased.origin)
    left_out = f", {expansion.left_out} older ones left out" if expansion.left_out else ""
    message = f"{expansion.description}: {len(new)} addresses queued{left_out}"
    return Decision(Outcome.UNCHANGED, None, None, None, message)
