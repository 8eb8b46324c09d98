"""A stage that passes records on, as badly as told: `python probe_stage.py`, with PROBE (JSON) in its environment.

work_s        seconds of work per record
tells         whether it tells of its progress within a batch
raise_after   raise when so many records were seen in this life, before the batch is finished
away          a file: while it exists the outside is away
start_away    likewise, while starting
reject        values that begin with this word are rejected
crash         a value that makes every attempt raise
grow          emit so many bytes instead of the value
block_s       block the event loop for so long in every batch
"""

import asyncio
import json
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quotewire_runtime.config.settings import StageSettings, load
from quotewire_runtime.errors import QuotewireError
from quotewire_runtime.kafka.faust_app import StageConsumer
from quotewire_runtime.outcomes import Outcome
from quotewire_runtime.stage import Check, Done, Emit, Record, Reject, Retry, run_stage
from quotewire_schemas import topics
from quotewire_schemas.dead_letter import Reason


class PassOn:
    """Article in, the same bytes out."""

    stage = "extract"

    def __init__(self, behaviour: Mapping[str, object]) -> None:
        self.behaviour = behaviour
        self.seen = 0
        self.got_on_at = 0.0
        self.stopped = False

    async def start(self) -> None:
        if self.is_there("start_away"):
            raise Retry(0.2, "the probe's database is away")
        if "start_fails" in self.behaviour:
            raise QuotewireError("the probe has no model: give it one")

    async def stop(self) -> None:
        self.stopped = True

    def progress_at(self) -> float:
        return self.got_on_at if "tells" in self.behaviour else 0.0

    def checks(self) -> Mapping[str, Check]:
        return {"probe": Check(True, "well")}

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        if self.is_there("away"):
            raise Retry(0.2, "the probe's database is away")
        self.seen += len(records)
        if self.seen >= int(str(self.behaviour.get("raise_after", 1 << 60))):
            raise RuntimeError("the probe was told to fail")
        for _ in records if "work_s" in self.behaviour else ():
            await asyncio.sleep(float(str(self.behaviour["work_s"])))
            self.got_on_at = time.monotonic()
        self.block()
        return [self.one(record) for record in records]

    def block(self) -> None:
        time.sleep(float(str(self.behaviour.get("block_s", 0))))

    def is_there(self, file: str) -> bool:
        return file in self.behaviour and Path(str(self.behaviour[file])).exists()

    def one(self, record: Record) -> Done | Reject:
        value = record.value or b""
        reject = str(self.behaviour.get("reject", ""))
        if reject and value.startswith(reject.encode()):
            return Reject(Reason.INVALID, "text: the probe rejects it")
        if "grow" in self.behaviour:
            value = bytes(int(str(self.behaviour["grow"])))
        emit = Emit(topics.ENRICHED, record.key or b"", value, record.headers)
        return Done(Outcome.ANNOTATED, (record.key or b"").decode(), (emit,), {"bytes": len(value)})


def go_deaf(after_s: float) -> None:
    """Let Faust's consumer hear nothing more, some seconds after its first fetch."""
    listen = StageConsumer._getmany
    began: list[float] = []

    async def deaf(self: StageConsumer, **arguments: Any) -> Any:
        began[:] = began or [time.monotonic()]
        if time.monotonic() - began[0] > after_s:
            await asyncio.sleep(3600)
        return await listen(self, **arguments)

    StageConsumer._getmany = deaf  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    if "deaf_after" in json.loads(os.environ["PROBE"]):
        go_deaf(json.loads(os.environ["PROBE"])["deaf_after"])
    run_stage(load(StageSettings), PassOn(json.loads(os.environ["PROBE"])), topics.ARTICLE)
