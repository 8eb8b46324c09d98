"""Parse documents in killable worker processes: malicious input can hang a parser indefinitely."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from quotewire_ingest.crash import CrashSite, describe, report_crash
from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import ParserSettings
from quotewire_runtime.workers.pool import Failed, WorkerPool
from quotewire_schemas.dead_letter import Reason


class Named(Protocol):
    """What a pool parses: it has a name for messages."""

    @property
    def name(self) -> str:
        """A path, a URL or the like."""
        ...


Input = TypeVar("Input", bound=Named)
Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class ParserCrash:
    """The result of a document on which the parser raised what it should not: for the log of the service."""

    problem: str
    stack: str


class DocumentPool(Generic[Input, Parsed]):
    """A pool of workers for one kind of document (``async with``): one document a process at a time."""

    def __init__(
        self,
        kind: str,
        initializer: str,
        settings: ParserSettings,
        *,
        processes: int,
        site: CrashSite = CrashSite.INPUT,
        lazy: bool = True,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        """Build the pool; nothing is started.

        Args:
            kind: word for such a document in messages.
            initializer: as ``WorkerPool`` takes it; it returns the result of :func:`for_each_document`.
            settings: limits of one process.
            processes: number of processes.
            site: what crashes are counted under.
            lazy: start the workers with the first documents.
            config: as ``WorkerPool`` takes it.
        """
        self._kind, self._site = kind, site
        self._workers = WorkerPool(
            initializer, config=config, processes=processes, lazy=lazy, max_chunk=1, stage="ingest",
            deadline_s=settings.deadline_s, memory_mib=settings.memory_mib,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Accept documents; start the workers, unless the pool is lazy."""
        await self._workers.start()

    async def stop(self) -> None:
        """Kill the workers."""
        await self._workers.stop()

    async def parse(self, document: Input) -> Parsed:
        """Parse a document in a worker.

        Raises ``Rejected``: also for one that hangs or kills its worker, or makes the parser raise.
        """
        [result] = await self._workers.run([document])
        if isinstance(result, Failed):
            if result.reason is Reason.CRASH:
                raise report_crash(self._site, document.name, result.message)
            raise Rejected(RejectionReason(str(result.reason)), f"the {self._kind} cannot be read: {result.message}")
        if isinstance(result.value, ParserCrash):
            raise report_crash(self._site, document.name, result.value.problem, result.value.stack)
        if isinstance(result.value, Rejected):
            raise result.value
        parsed: Parsed = result.value
        return parsed


def for_each_document(
    parse: Callable[[Input], Parsed],
) -> Callable[[list[Input]], Iterator[Parsed | Rejected | ParserCrash]]:
    """Turn a function of one document into a worker's function: what it raises becomes that document's result."""

    def parse_each(documents: list[Input]) -> Iterator[Parsed | Rejected | ParserCrash]:
        for document in documents:
            try:
                yield parse(document)
            except Rejected as rejected:
                yield rejected
            except MemoryError:
                raise  # the worker has reached its limit: its parent handles that
            except Exception as error:
                yield ParserCrash(describe(error), traceback.format_exc())

    return parse_each
