"""The catalogue of metrics: every metric of every service, with the text that ``docs/metrics.md`` prints.

Metrics live in the service's own process only: worker processes return their timings to it. Call ``initialise(stage)``
once at start, so that every known label value exists from the first scrape and ``rate()`` misses no first event.
``python -m quotewire_runtime.observability.metrics`` prints the documentation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from quotewire_runtime.outcomes import OUTCOMES
from quotewire_schemas import topics
from quotewire_schemas.dead_letter import Reason

disable_created_metrics()  # type: ignore[no-untyped-call] # they double the number of series and no query uses them
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One line of the catalogue."""

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str


CATALOGUE: list[CatalogueEntry] = []


def _counter(name: str, text: str, *labels: str) -> Counter:
    CATALOGUE.append(CatalogueEntry(f"{name}_total", "counter", labels, text))
    return Counter(name, text, labels, registry=REGISTRY)


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    CATALOGUE.append(CatalogueEntry(name, "gauge", labels, text))
    return Gauge(name, text, labels, registry=REGISTRY)


def _histogram(name: str, text: str, *labels: str, buckets: Sequence[float]) -> Histogram:
    CATALOGUE.append(CatalogueEntry(name, "histogram", labels, text))
    return Histogram(name, text, labels, buckets=buckets, registry=REGISTRY)


DURATION_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Seconds: from one row in the database (1 ms) to the longest batch (below the rebalance timeout, 60 s)."""
AGE_BUCKETS = (0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30, 60, 300, 900, 3600, 6 * 3600, 86400)
"""Seconds from ingest to the store: the target is 0.4 s (median) and 1.5 s (99 %); the long ones show outages."""
COUNT_BUCKETS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
RATIO_BUCKETS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1)
BYTE_BUCKETS = (1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22, 1 << 24)

ARTICLES = _counter("quotewire_articles", "Articles by outcome; each has exactly one per stage.", "stage", "outcome")
IN_PROGRESS = _gauge("quotewire_articles_in_progress", "Articles read and not yet acknowledged.", "stage")
DURATION = _histogram(
    "quotewire_stage_duration_seconds",
    "Time from reading an article to acknowledging it.",
    "stage",
    buckets=DURATION_BUCKETS,
)
AGE_SECONDS = _histogram(
    "quotewire_article_age_seconds",
    "Age of a live article (now − ingested_at) when the stage has finished with it; in store, after the commit.",
    "stage",
    buckets=AGE_BUCKETS,
)
HEARTBEAT_INTERVAL = _gauge(
    "quotewire_heartbeat_interval_seconds",
    "Seconds between two heartbeat articles of ingest; 0: it sends none.",
    "stage",
)
HEARTBEAT_SENT = _gauge(
    "quotewire_heartbeat_sent_timestamp_seconds",
    "When ingest sent the newest heartbeat article that reached this stage; before the first, when the stage started.",
    "stage",
)
HEARTBEAT_AGE = _gauge(
    "quotewire_heartbeat_age_seconds", "Time the last heartbeat article took from ingest to this stage.", "stage"
)
LAST_PROCESSED = _gauge(
    "quotewire_last_processed_timestamp_seconds",
    "When the stage last finished an article; 0: none since it started.",
    "stage",
)
BATCH_DURATION = _histogram(
    "quotewire_batch_duration_seconds", "Time the handler took for a batch.", "stage", buckets=DURATION_BUCKETS
)
BATCH_ARTICLES = _histogram("quotewire_batch_articles", "Articles per batch.", "stage", buckets=COUNT_BUCKETS)
BATCH_BYTES = _histogram("quotewire_batch_bytes", "Bytes of keys and values per batch.", "stage", buckets=BYTE_BUCKETS)
DEAD_LETTERS = _counter(
    "quotewire_dead_letters", "Records rejected and written to the dead-letter topic.", "stage", "reason"
)
DEAD_LETTERS_FAILED = _counter("quotewire_dead_letters_failed", "Failed attempts to write a dead letter.", "stage")
PRODUCED = _counter("quotewire_produced", "Records that Kafka confirmed.", "stage", "topic")
PRODUCE_FAILURES = _counter(
    "quotewire_produce_failures", "Failed attempts to produce a record; they are repeated.", "stage", "topic"
)
RETRIES = _counter("quotewire_retries", "Times the stage waited because a dependency was unavailable.", "stage")
STATE = _gauge("quotewire_stage_state", "1 for the state the stage is in, 0 for the others.", "stage", "state")
READY = _gauge("quotewire_ready", "1 while `/ready` answers 200, else 0; checked with each scrape.", "stage")
LOOP_LAG = _gauge(
    "quotewire_event_loop_lag_seconds",
    "Delay with which the event loop last woke a sleeping task.",
    "stage",
)
ASSIGNED = _gauge("quotewire_assigned_partitions", "Partitions assigned to this replica.", "stage")
REBALANCES = _counter("quotewire_rebalances", "Consumer-group rebalances.", "stage")
LAG = _gauge(
    "quotewire_lag_records",
    "Records of an assigned partition not acknowledged yet.",
    "stage",
    "topic",
    "partition",
)
LAG_SECONDS = _gauge(
    "quotewire_lag_seconds",
    "Age of the newest acknowledged record of an assigned partition while others wait behind it; 0 without lag.",
    "stage",
    "topic",
    "partition",
)
WORKERS = _gauge("quotewire_workers", "Worker processes that are running.", "stage")
WORKER_KILLS = _counter(
    "quotewire_worker_kills", "Worker processes that died or were killed, by reason.", "stage", "reason"
)
WORKER_SECONDS = _histogram(
    "quotewire_worker_seconds",
    "Time a worker process took for an article, a page or a feed.",
    "stage",
    buckets=DURATION_BUCKETS,
)
INPUTS_WAITING = _gauge("quotewire_inputs_waiting", "Inputs that ingest has queued and not processed yet.", "stage")
CRASHES = _counter(
    "quotewire_crashes",
    "Inputs and polls given up because the program raised an exception, or ended, while it worked on them.",
    "stage",
    "site",
)
OUTBOX = _gauge("quotewire_outbox_records", "Records committed by ingest and not confirmed by Kafka yet.", "stage")
OUTBOX_OLDEST = _gauge(
    "quotewire_outbox_oldest_timestamp_seconds",
    "When the oldest of these records was committed; 0: none.",
    "stage",
)
OUTBOX_BYTES = _gauge("quotewire_outbox_bytes", "Bytes of the values of these records.", "stage")
OUTBOX_FULL = _gauge(
    "quotewire_outbox_full", "1 while the outbox is at its limit and ingest accepts no more input, else 0.", "stage"
)
DESTRUCTIONS = _gauge(
    "quotewire_destructions_waiting",
    "Archived records of withdrawn articles that a replica with their archive folder must still destroy.",
    "stage",
)
DESTRUCTIONS_OLDEST = _gauge(
    "quotewire_destructions_oldest_timestamp_seconds",
    "Since when the oldest of these records waits; 0: none.",
    "stage",
)
RAW_DESTROYED = _counter(
    "quotewire_raw_records_destroyed",
    "Archived records whose raw bytes were destroyed: of withdrawn articles, after their retention, of no article.",
    "stage",
    "reason",
)
FETCHES = _counter("quotewire_fetches", "Pages and feeds fetched, by outcome.", "stage", "outcome")
FETCHES_UNVERIFIED = _counter(
    "quotewire_fetches_unverified", "TLS requests made without verifying the server's certificate.", "stage"
)
FEEDS = _gauge(
    "quotewire_feeds", "Feeds, sitemaps, folders and push endpoints of the sources, by state.", "stage", "state"
)
FEEDS_OVERDUE = _gauge("quotewire_feeds_overdue", "Feeds whose poll is late by ten minutes or more.", "stage")
SOURCE_MISSED = _gauge(
    "quotewire_source_missed_articles",
    "Articles expected from a source since its last one, at its usual rate; exported for up to 200 sources.",
    "stage",
    "source",
)
HOUSEKEEPING_DONE = _gauge(
    "quotewire_housekeeping_done_timestamp_seconds",
    "When a task of housekeeping last succeeded; before the first time, when the stage started.",
    "stage",
    "task",
)
HOUSEKEEPING_FAILURES = _counter(
    "quotewire_housekeeping_failures", "Times that a task of housekeeping failed; it is done again.", "stage", "task"
)
PUSHES = _counter("quotewire_pushes", "Requests that push articles, by status of the response.", "stage", "status")
QUOTATIONS = _counter("quotewire_quotations", "Quotations found, by kind.", "stage", "kind")
SPEAKERS = _counter("quotewire_speakers", "Speakers of quotations, by kind of speaker.", "stage", "kind")
CONFIDENCE = _histogram(
    "quotewire_quotation_confidence", "Confidence of the quotations found, from 0 to 1.", "stage", buckets=RATIO_BUCKETS
)
BUILD = Info("quotewire_build", "Version and revision of the code, and the stage it runs.", registry=REGISTRY)
CATALOGUE.append(
    CatalogueEntry(
        "quotewire_build_info", "info", ("version", "revision", "stage"), "Version and revision of the code."
    )
)

WORKER_FAILURES = (Reason.TIMEOUT, Reason.CRASH, Reason.MEMORY)
FEED_STATES = ("well", "silent", "failing", "disabled", "not_asked")
PUSH_STATUSES = ("202", "400", "401", "403", "408", "413", "415", "422", "500", "503")
CRASH_SITES = ("input", "file", "feed", "folder", "push")
RAW_DESTROYED_REASONS = ("withdrawn", "expired", "orphaned")
STATES = ("starting", "running", "waiting", "paused", "stopping")
"""The states of ``stage/state.py``."""
_STAGE_METRICS = (
    IN_PROGRESS, DURATION, LAST_PROCESSED, BATCH_DURATION, BATCH_ARTICLES, BATCH_BYTES,
    DEAD_LETTERS_FAILED, RETRIES, LOOP_LAG, ASSIGNED, REBALANCES,
)  # fmt: skip


def initialise(stage: str, revision: str = "") -> None:
    """Create the series of every label value of a stage that is known in advance, and set the build."""
    BUILD.info({"version": package_version(), "revision": revision, "stage": stage})
    for outcome in OUTCOMES.get(stage, ()):
        ARTICLES.labels(stage, outcome)
    if stage in ("extract", "store"):
        for metric in _STAGE_METRICS:
            metric.labels(stage)
        for reason in Reason:
            DEAD_LETTERS.labels(stage, reason)
        for state in STATES:
            STATE.labels(stage, state)
    for spec in topics.specs():
        if stage in spec.producers:
            PRODUCED.labels(stage, spec.name)
            PRODUCE_FAILURES.labels(stage, spec.name)
    if stage in ("ingest", "extract"):
        WORKERS.labels(stage)
        WORKER_SECONDS.labels(stage)
        for reason in WORKER_FAILURES:
            WORKER_KILLS.labels(stage, reason)
    if stage == "store":
        AGE_SECONDS.labels(stage)
        HEARTBEAT_AGE.labels(stage)
        HEARTBEAT_SENT.labels(stage).set_to_current_time()
    if stage == "extract":
        CONFIDENCE.labels(stage)
    if stage == "ingest":
        FETCHES.labels(stage, "ok")
        FETCHES_UNVERIFIED.labels(stage)
        for site in CRASH_SITES:
            CRASHES.labels(stage, site)
        for status in PUSH_STATUSES:
            PUSHES.labels(stage, status)
        for state in FEED_STATES:
            FEEDS.labels(stage, state)
        for why in RAW_DESTROYED_REASONS:
            RAW_DESTROYED.labels(stage, why)
        gauges = (INPUTS_WAITING, FEEDS_OVERDUE, OUTBOX, OUTBOX_OLDEST, OUTBOX_BYTES, OUTBOX_FULL)
        for gauge in (*gauges, DESTRUCTIONS, DESTRUCTIONS_OLDEST):
            gauge.labels(stage)


def package_version() -> str:
    """Return the version of the installed distribution, or ``0`` if it is not installed."""
    try:
        return version("quotewire")
    except PackageNotFoundError:
        return "0"


def exposition() -> bytes:
    """Render all metrics in Prometheus' text format, for a scrape."""
    return generate_latest(REGISTRY)


def documentation() -> str:
    """Render ``docs/metrics.md``."""
    lines = [
        "# Metrics",
        "",
        "Generated by `python docs/write_pages.py` from",
        "`services/runtime/quotewire_runtime/observability/metrics.py`: do not edit.",
        "",
        "Every service serves them under `/metrics`, with those of the process itself (`process_…`,",
        "`python_info`).",
        "",
        "| metric | type | labels | meaning |",
        "|---|---|---|---|",
    ]
    for entry in sorted(CATALOGUE, key=lambda entry: entry.name):
        labels = ", ".join(f"`{label}`" for label in entry.labels)
        lines.append(f"| `{entry.name}` | {entry.kind} | {labels} | {entry.help} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(documentation(), end="")  # noqa: T201 - this is the command's output
