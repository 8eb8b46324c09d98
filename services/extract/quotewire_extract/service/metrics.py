"""Count what was found: workers count, and the main process, which alone exports metrics, records the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from quotewire_runtime.observability import metrics
from quotewire_runtime.results import Done
from quotewire_schemas import EnrichedArticle, Kind, SpeakerKind

STAGE = "extract"


@dataclass(frozen=True, slots=True)
class QuoteCounts:
    """Numbers of quotations and speakers of one article by kind, and the confidences."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    speakers: Mapping[str, int] = field(default_factory=dict)
    confidences: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnotatedRecord(Done):
    """An annotated article with the counts of what was found in it."""

    counts: QuoteCounts = field(default_factory=QuoteCounts)


def count_quotes(enriched: EnrichedArticle) -> QuoteCounts:
    """Count the quotations of an article."""
    quotes = enriched.quotes
    return QuoteCounts(
        Counter(str(quote.kind) for quote in quotes),
        Counter(str(speaker.kind) for quote in quotes for speaker in quote.speakers),
        tuple(quote.confidence for quote in quotes),
    )


def export_zeros() -> None:
    """Export every kind of quotation and speaker with 0, so that a rate includes the first one found."""
    for kind in Kind:
        metrics.QUOTATIONS.labels(STAGE, kind)
    for speaker in SpeakerKind:
        metrics.SPEAKERS.labels(STAGE, speaker)


def record(counts: QuoteCounts) -> None:
    """Add the counts of one article to the metrics. Work that is repeated after a crash is counted again."""
    for kind, number in counts.kinds.items():
        metrics.QUOTATIONS.labels(STAGE, kind).inc(number)
    for kind, number in counts.speakers.items():
        metrics.SPEAKERS.labels(STAGE, kind).inc(number)
    for confidence in counts.confidences:
        metrics.CONFIDENCE.labels(STAGE).observe(confidence)
