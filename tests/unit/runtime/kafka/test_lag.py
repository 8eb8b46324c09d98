"""Lag of the own partitions, and nothing of those that went."""

from collections.abc import Collection

from quotewire_runtime.kafka.lag import UNAVAILABLE_AFTER_S, LagMonitor
from quotewire_runtime.kafka.offsets import Partition
from quotewire_runtime.observability import metrics


class Kafka:
    """Both sides: what the replica knows and what the broker answers."""

    def __init__(self) -> None:
        self.own: set[Partition] = {("t", 0), ("t", 1)}
        self.known: dict[Partition, int] = {("t", 1): 40}
        self.end = {("t", 0): 100, ("t", 1): 50}
        self.closed = 0

    def assignment(self) -> set[Partition]:
        return self.own

    def committed(self) -> dict[Partition, int]:
        return dict(self.known)

    async def end_offsets(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        return {partition: self.end[partition] for partition in partitions}

    async def beginning_offsets(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        return dict.fromkeys(partitions, 40)

    async def close(self) -> None:
        self.closed += 1


def lag(partition: int) -> float | None:
    labels = {"stage": "extract", "topic": "t", "partition": str(partition)}
    return metrics.REGISTRY.get_sample_value("quotewire_lag_records", labels)


def seen(monitor: LagMonitor) -> tuple[float | None, float | None, int | None]:
    return lag(0), lag(1), monitor.total


async def test_counts_from_where_the_group_stands_and_what_was_acknowledged() -> None:
    positions = {("t", 1): (50, 1000)}
    kafka = Kafka()
    monitor = LagMonitor("extract", kafka, kafka, positions)
    assert monitor.total is None
    await monitor.measure()
    assert seen(monitor) == (60, 0, 60)
    positions["t", 0] = (95, 1000)
    await monitor.measure()
    assert seen(monitor) == (5, 0, 5)
    kafka.known["t", 0] = 98
    await monitor.measure()
    assert seen(monitor) == (2, 0, 2), "another replica had the partition meanwhile"
    kafka.own = {("t", 1)}
    await monitor.measure()
    assert seen(monitor) == (None, 0, 0)


async def test_kafka_that_does_not_answer_is_not_ready() -> None:
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
