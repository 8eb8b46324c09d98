"""Lag of the assigned partitions, and of no others."""

from collections.abc import Collection

from quotewire_runtime.kafka.lag import UNAVAILABLE_AFTER_S, LagMonitor
from quotewire_runtime.kafka.offsets import Partition
from quotewire_runtime.observability import metrics


class Kafka:
    """Fakes the consumer of the replica and the answers of the broker."""

    def __init__(self) -> None:
        self.assigned: set[Partition] = {("t", 0), ("t", 1)}
        self.committed_offsets: dict[Partition, int] = {("t", 1): 40}
        self.end = {("t", 0): 100, ("t", 1): 50}
        self.closed = 0

    def assignment(self) -> set[Partition]:
        return self.assigned

    def committed(self) -> dict[Partition, int]:
        return dict(self.committed_offsets)

    async def end_offsets(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        return {partition: self.end[partition] for partition in partitions}

    async def beginning_offsets(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        return dict.fromkeys(partitions, 40)

    async def close(self) -> None:
        self.closed += 1


def lag(partition: int) -> float | None:
    labels = {"stage": "extract", "topic": "t", "partition": str(partition)}
    return metrics.REGISTRY.get_sample_value("quotewire_lag_records", labels)


def lags(monitor: LagMonitor) -> tuple[float | None, float | None, int | None]:
    return lag(0), lag(1), monitor.total


async def test_lag_counts_from_the_committed_and_the_acknowledged_offsets() -> None:
    positions = {("t", 1): (50, 1000)}
    kafka = Kafka()
    monitor = LagMonitor("extract", kafka, kafka, positions)
    assert monitor.total is None
    await monitor.measure()
    assert lags(monitor) == (60, 0, 60)
    positions["t", 0] = (95, 1000)
    await monitor.measure()
    assert lags(monitor) == (5, 0, 5)
    kafka.committed_offsets["t", 0] = 98
    await monitor.measure()
    assert lags(monitor) == (2, 0, 2), "another replica had the partition meanwhile"
    kafka.assigned = {("t", 1)}
    await monitor.measure()
    assert lags(monitor) == (None, 0, 0)


async def test_without_answers_from_kafka_the_stage_is_not_ready() -> None:
    now = 0.0
    kafka = Kafka()
    monitor = LagMonitor("extract", kafka, kafka, {}, monotonic=lambda: now)
    assert monitor.check().ok
    await monitor.measure()
    assert monitor.check().detail == "70 records wait in the assigned partitions"
    now = UNAVAILABLE_AFTER_S + 1
    assert (monitor.check().ok, monitor.check().detail) == (False, "Kafka has not answered for 31 s")
    await monitor.measure()
    assert monitor.check().ok
