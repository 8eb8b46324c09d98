"""Decide what becomes of a parsed article, from the known state. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass

from quotewire_ingest.decision import Decision
from quotewire_ingest.model import PARSER_VERSION
from quotewire_ingest.rejection import RejectionReason
from quotewire_runtime.outcomes import Outcome
from quotewire_schemas.article import Change


@dataclass(frozen=True, slots=True)
class KnownArticle:
    """The state of an article after its newest revision."""

    revision: int
    content_hash: str
    withdrawn: bool
    source_id: str
    url: str | None
    canonical_url: str | None
    body_sha256: str | None
    reader_version: str
    record_hash: str | None
    """None where an early release published it."""


def outcome_unless_new_revision(
    article_id: str, known: KnownArticle | None, kept_out: bool, content_hash: str
) -> Decision | None:
    """Decide the outcome of a parsed article that is not published; None where it is a new revision."""
    if kept_out:
        return Decision(
            Outcome.REJECTED, article_id, None, RejectionReason.DO_NOT_INGEST, "was withdrawn and is kept out"
        )
    if known is not None and known.content_hash == content_hash and not known.withdrawn:
        return Decision(Outcome.UNCHANGED, article_id, known.revision)
    return None


def next_revision(known: KnownArticle | None, body_sha256: str) -> tuple[int, Change]:
    """Decide number and kind of a new revision: ``reread`` where the parser has changed, and not the bytes."""
    if known is None:
        return 1, Change.CREATED
    reread = body_sha256 == known.body_sha256 and known.reader_version != PARSER_VERSION and not known.withdrawn
    return known.revision + 1, Change.REREAD if reread else Change.REVISED


def outcome_unless_withdrawal(article_id: str, known: KnownArticle | None) -> Decision | KnownArticle:
    """Decide the outcome of a withdrawal without a record; the known state where a record must be published."""
    if known is None:
        return Decision(
            Outcome.WITHDRAWN,
            article_id,
            None,
            RejectionReason.NEVER_SEEN,
            "was never seen; it is kept out from now on",
        )
    if known.withdrawn:
        return Decision(Outcome.UNCHANGED, article_id, known.revision, None, "was withdrawn before")
    return known


def outcome_unless_current(
    article_id: str, known: KnownArticle | None, kept_out: bool, sha256: str
) -> Decision | KnownArticle:
    """Decide the outcome of an archived document that is outdated; the known state where it is not.

    ``sha256`` is that of the document.
    """
    if known is None or known.withdrawn or kept_out:
        return Decision(Outcome.REJECTED, article_id, None, RejectionReason.DO_NOT_INGEST, "was withdrawn meanwhile")
    if known.body_sha256 != sha256:
        return Decision(Outcome.UNCHANGED, article_id, known.revision, None, "has a newer revision meanwhile")
    return known


def says_the_same(known: KnownArticle, record_hash: str, content_hash: str) -> bool:
    """Return whether a record says what the newest revision says; title and text decide for early releases."""
    return known.record_hash == record_hash if known.record_hash else known.content_hash == content_hash
