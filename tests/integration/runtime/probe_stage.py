"""A stage that passes records on and misbehaves on request: `python probe_stage.py`, with PROBE (JSON) in its env.

work_s                   seconds of work per record
reports_progress         whether it reports progress within a batch
raise_after              raise within the batch in which this process has seen so many records
unavailable              a file: while it exists, handling raises Retry
unavailable_for          ... only for batches that begin with a value that begins with this word
start_unavailable        likewise, for starting
start_fails              starting raises an error
reject                   values that begin with this word are rejected
grow                     emit so many bytes instead of the value
stops_fetching_after_s   the consumer returns no more records, so long after its first fetch
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
    """Passes the bytes of each article on."""

    stage = "extract"

    def __init__(self, behaviour: Mapping[str, object]) -> None:
        self.behaviour = behaviour
        self.seen = 0
        self.last_progress_at = 0.0
        self.stopped = False

    async def start(self) -> None:
        if self.file_exists("start_unavailable"):
            raise Retry(0.2, "the probe's database is unavailable")
        if "start_fails" in self.behaviour:
            raise QuotewireError("the probe has no model: give it one")

    async def stop(self) -> None:
        self.stopped = True

    async def assigned(self) -> None:
        pass

    def progress_at(self) -> float:
        return self.last_progress_at if "reports_progress" in self.behaviour else 0.0

    def checks(self) -> Mapping[str, Check]:
        return {"probe": Check(True, "ready")}

    async def handle(self, records: Sequence[Record]) -> Sequence[Done | Reject]:
        needs = str(self.behaviour.get("unavailable_for", "")).encode()
        if self.file_exists("unavailable") and (records[0].value or b"").startswith(needs):
            raise Retry(0.2, "the probe's database is unavailable")
        self.seen += len(records)
        if self.seen >= int(str(self.behaviour.get("raise_after", 1 << 60))):
            raise RuntimeError("the probe was told to fail")
        for _ in records if "work_s" in self.behaviour else ():
            await asyncio.sleep(float(str(self.behaviour["work_s"])))
            self.last_progress_at = time.monotonic()
        return [self.one(record) for record in records]

    def file_exists(self, file: str) -> bool:
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


def stop_fetching(after_s: float) -> None:
    """Make Faust's consumer return no more records, some seconds after its first fetch."""
    fetch = StageConsumer._getmany
    began: list[float] = []

    async def fetch_or_hang(self: StageConsumer, **arguments: Any) -> Any:
        began[:] = began or [time.monotonic()]
        if time.monotonic() - began[0] > after_s:
            await asyncio.sleep(3600)
        return await fetch(self, **arguments)

    StageConsumer._getmany = fetch_or_hang  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    behaviour = json.loads(os.environ["PROBE"])
    if "stops_fetching_after_s" in behaviour:
        stop_fetching(behaviour["stops_fetching_after_s"])
    run_stage(load(StageSettings), PassOn(behaviour), topics.ARTICLE)
