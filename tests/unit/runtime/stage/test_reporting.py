"""Each article is counted once and logged in one canonical line."""

from structlog.testing import capture_logs

from kit.fake_client import record
from quotewire_runtime.observability import metrics
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.results import Done, Reject
from quotewire_runtime.stage.reporting import StageReporter
from quotewire_schemas.dead_letter import Reason


def counted(outcome: Outcome) -> float:
    labels = {"stage": "extract", "outcome": outcome}
    return metrics.REGISTRY.get_sample_value("quotewire_articles_total", labels) or 0


def test_an_article_has_one_canonical_line_and_one_outcome() -> None:
    before = counted(Outcome.PARTIAL), counted(Outcome.DEAD_LETTER)
    done = Done(Outcome.PARTIAL, "abc", (), {"quotes": 3})
    with capture_logs() as lines:
        reporter = StageReporter("extract")
        reporter.record_outcome(record(b"x", offset=9), done, handled_ms=12.34, total_s=1)
        reporter.record_outcome(record(b"x", key=b"\xff"), Reject(Reason.CRASH, "died"), handled_ms=1, total_s=1)
    first, second = lines
    assert first == {
        "event": "article", "outcome": "partial", "article_id": "abc", "duration_ms": 12.3,
        "topic": "news.article.v1", "partition": 0, "offset": 9, "quotes": 3, "log_level": "info",
    }  # fmt: skip
    assert (second["outcome"], second["reason"], second["article_id"]) == ("dead_letter", "crash", "\ufffd")
    assert (counted(Outcome.PARTIAL), counted(Outcome.DEAD_LETTER)) == (before[0] + 1, before[1] + 1)
