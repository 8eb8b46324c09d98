"""Metrics of the sources: feeds by state, overdue polls, articles missed."""

from __future__ import annotations

from quotewire_ingest.decision import STAGE
from quotewire_ingest.sources import schedule
from quotewire_runtime.observability import metrics
from quotewire_runtime.postgres.connection import Connection

# A series for each source, as long as there are so few; beyond, there are the counts by state and
# `quotewire sources status`.
MAX_SERIES = 200


async def update_feed_metrics(connection: Connection) -> None:
    """Set the metrics from the database, so that every replica exports the same."""
    cursor = await connection.execute(
        "SELECT source_id, last_poll IS NULL, failures, disabled_at IS NOT NULL, per_day,"
        " extract(epoch FROM now() - coalesce(last_yield, added_at)), next_poll < now() - interval '10 minutes',"
        " kind IN ('folder', 'push') FROM ingest.feeds WHERE wanted"
    )
    states = dict.fromkeys(metrics.FEED_STATES, 0)
    rates: dict[str, float] = {}
    silences: dict[str, float] = {}
    overdue = 0
    for source_id, never, failures, disabled, per_day, silent_s, late, unpolled in await cursor.fetchall():
        silent_s = float(silent_s)
        states[_state(never and not unpolled, failures, disabled, per_day, silent_s)] += 1
        overdue += bool(late and not unpolled)
        rates[source_id] = rates.get(source_id, 0.0) + (per_day or 0.0)
        silences[source_id] = min(silences.get(source_id, silent_s), silent_s)
    for state, number in states.items():
        metrics.FEEDS.labels(STAGE, state).set(number)
    metrics.FEEDS_OVERDUE.labels(STAGE).set(overdue)
    metrics.SOURCE_MISSED.clear()
    if len(rates) <= MAX_SERIES:
        for source_id, rate in rates.items():
            metrics.SOURCE_MISSED.labels(STAGE, source_id).set(schedule.missed(rate, silences[source_id]) or 0.0)


def _state(never: bool, failures: int, disabled: bool, per_day: float | None, silent_s: float) -> str:
    if disabled:
        return "disabled"
    if failures:
        return "failing"
    if never:
        return "not_asked"
    return "silent" if schedule.is_silent(per_day, silent_s) else "well"
