"""What was found, counted: a worker counts, the service's own process, which alone keeps metrics, tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from quotewire_runtime.observability import metrics
from quotewire_runtime.records import Done
from quotewire_schemas import EnrichedArticle, Kind, SpeakerKind

STAGE = "extract"


@dataclass(frozen=True, slots=True)
class QuoteCounts:
    """The quotations of one article."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    speakers: Mapping[str, int] = field(default_factory=dict)
    confidences: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnotatedRecord(Done):
    """An article that was worked, with the count of what was found in it."""

    tally: QuoteCounts = field(default_factory=QuoteCounts)


def tally_of(enriched: EnrichedArticle) -> QuoteCounts:
    """Count the quotations of an article."""
    quotes = enriched.quotes
    return QuoteCounts(
        Counter(str(quote.kind) for quote in quotes),
        Counter(str(speaker.kind) for quote in quotes for speaker in quote.speakers),
        tuple(quote.confidence for quote in quotes),
    )


def zero() -> None:
    """Export every kind of quotation and speaker before the first is found, so that no rate misses it."""
    for kind in Kind:
        metrics.QUOTATIONS.labels(STAGE, kind)
    for speaker in SpeakerKind:
        metrics.SPEAKERS.labels(STAGE, speaker)


def tell(tally: QuoteCounts) -> None:
    """Add the count of one article to the metrics. Work that is repeated after a crash is counted again."""
    for kind, number in tally.kinds.items():
        metrics.QUOTATIONS.labels(STAGE, kind).inc(number)
    for kind, number in tally.speakers.items():
        metrics.SPEAKERS.labels(STAGE, kind).inc(number)
    for confidence in tally.confidences:
        metrics.CONFIDENCE.labels(STAGE).observe(confidence)
