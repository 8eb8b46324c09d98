"""Lag of the own partitions, and nothing of those that went."""

from collections.abc import Collection

from quotewire_runtime import metrics
from quotewire_runtime.lag import LagMonitor, Partition


class Kafka:
    def __init__(self) -> None:
        self.own: set[Partition] = {("t", 0), ("t", 1)}
        self.committed: dict[Partition, int] = {}
        self.end = {("t", 0): 100, ("t", 1): 50}

    def assignment(self) -> set[Partition]:
        return self.own

    async def ends(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        return {partition: self.end[partition] for partition in partitions}

    async def begins(self, partitions: Collection[Partition]) -> dict[Partition, int]:
        return {partition: self.committed.get(partition, 40) for partition in partitions}


def lag(partition: int) -> float | None:
    labels = {"stage": "extract", "topic": "t", "partition": str(partition)}
    return metrics.REGISTRY.get_sample_value("quotewire_lag_records", labels)


def seen(monitor: LagMonitor) -> tuple[float | None, float | None, int | None]:
    return lag(0), lag(1), monitor.total


async def test_counts_from_where_the_group_stands_and_what_was_acknowledged() -> None:
    positions = {("t", 1): (50, 1000)}
    kafka = Kafka()
    monitor = LagMonitor("extract", kafka, positions)
    assert monitor.total is None
    await monitor.measure()
    assert seen(monitor) == (60, 0, 60)
    positions["t", 0] = (95, 1000)
    await monitor.measure()
    assert seen(monitor) == (5, 0, 5)
    kafka.committed["t", 0] = 98
    await monitor.measure()
    assert seen(monitor) == (2, 0, 2), "another replica had the partition meanwhile"
    kafka.own = {("t", 1)}
    await monitor.measure()
    assert seen(monitor) == (None, 0, 0)
