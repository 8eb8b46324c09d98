"""Topics and probe stages of each test."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kit.probes import Outage, ProbeStage, ProbeTopics


@pytest.fixture
async def probe_topics(kafka: str, topic_prefix: str) -> AsyncIterator[ProbeTopics]:
    """Create the test's own topics."""
    made = ProbeTopics(kafka, topic_prefix)
    await made.make_topics()
    yield made
    await made.close()


@pytest.fixture
def new_stage(kafka: str, topic_prefix: str, tmp_path: Path) -> Iterator[Callable[..., ProbeStage]]:
    """Makes probe stages; those that still run at the end are killed."""
    stages: list[ProbeStage] = []

    def make(behaviour: dict[str, Any] | None = None, **engine: Any) -> ProbeStage:
        log = tmp_path / f"stage{len(stages)}.log"
        log.touch()
        stages.append(ProbeStage(kafka, topic_prefix, log, behaviour or {}, engine))
        return stages[-1]

    yield make
    for stage in stages:
        if stage.process is not None and stage.process.poll() is None:
            stage.process.kill()
            stage.process.wait()


@pytest.fixture
def outage(tmp_path: Path) -> Outage:
    """Begin an outage of the database of the probe stages whose behaviour names it."""
    return Outage(tmp_path / "outage")
