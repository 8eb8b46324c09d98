"""What becomes of a parsed article."""

from dataclasses import replace

import pytest

from quotewire_ingest.decision import Decision
from quotewire_ingest.model import PARSER_VERSION
from quotewire_ingest.publish import revision_rules
from quotewire_ingest.publish.revision_rules import KnownArticle
from quotewire_ingest.rejection import RejectionReason
from quotewire_runtime.outcomes import Outcome
from quotewire_schemas.article import Change

KNOWN = KnownArticle(3, "content", False, "harbour-post", None, None, "body", PARSER_VERSION, "record")
WITHDRAWN = replace(KNOWN, withdrawn=True, content_hash="", body_sha256=None)


@pytest.mark.parametrize(
    ("known", "kept_out", "outcome"),
    [
        (None, False, None),
        (KNOWN, False, Outcome.UNCHANGED),
        (replace(KNOWN, content_hash="other"), False, None),
        (WITHDRAWN, False, None),
        (replace(KNOWN, withdrawn=True), False, None),
        (None, True, Outcome.REJECTED),
        (KNOWN, True, Outcome.REJECTED),
    ],
)
def test_what_is_not_published(known: KnownArticle | None, kept_out: bool, outcome: Outcome | None) -> None:
    decision = revision_rules.outcome_unless_new_revision("a", known, kept_out, "content")
    assert (decision and decision.outcome) == outcome


@pytest.mark.parametrize(
    ("known", "revision", "change"),
    [
        (None, 1, Change.CREATED),
        (KNOWN, 4, Change.REVISED),
        (replace(KNOWN, reader_version="0.0.1"), 4, Change.REREAD),
        (replace(KNOWN, reader_version="0.0.1", body_sha256="other"), 4, Change.REVISED),
        (replace(KNOWN, reader_version="0.0.1", withdrawn=True), 4, Change.REVISED),
    ],
)
def test_the_next_revision(known: KnownArticle | None, revision: int, change: Change) -> None:
    assert revision_rules.next_revision(known, "body") == (revision, change)


def test_a_withdrawal_is_published_once() -> None:
    assert revision_rules.outcome_unless_withdrawal("a", KNOWN) is KNOWN
    before = revision_rules.outcome_unless_withdrawal("a", WITHDRAWN)
    assert isinstance(before, Decision)
    assert before.outcome is Outcome.UNCHANGED
    never_seen = revision_rules.outcome_unless_withdrawal("a", None)
    assert isinstance(never_seen, Decision)
    assert (never_seen.outcome, never_seen.reason) == (Outcome.WITHDRAWN, RejectionReason.NEVER_SEEN)


@pytest.mark.parametrize(
    ("known", "kept_out", "outcome"),
    [
        (KNOWN, True, Outcome.REJECTED),
        (WITHDRAWN, False, Outcome.REJECTED),
        (None, False, Outcome.REJECTED),
        (replace(KNOWN, body_sha256="newer"), False, Outcome.UNCHANGED),
    ],
)
def test_an_article_parsed_again_in_vain(known: KnownArticle | None, kept_out: bool, outcome: Outcome) -> None:
    decision = revision_rules.outcome_unless_current("a", known, kept_out, "body")
    assert isinstance(decision, Decision)
    assert decision.outcome is outcome


def test_an_article_parsed_again_differs_by_its_record() -> None:
    assert revision_rules.outcome_unless_current("a", KNOWN, False, "body") is KNOWN
    assert revision_rules.says_the_same(KNOWN, "record", "other")
    assert not revision_rules.says_the_same(KNOWN, "other", "content")
    assert revision_rules.says_the_same(replace(KNOWN, record_hash=None), "other", "content")
