"""Parse documents in killable worker processes: malicious input can hang a parser indefinitely."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from quotewire_ingest.rejection import Rejected, RejectionReason
from quotewire_ingest.settings import ParserSettings
from quotewire_runtime.workers.pool import Failed, WorkerPool

Input = TypeVar("Input")
Parsed = TypeVar("Parsed")


class DocumentPool(Generic[Input, Parsed]):
    """A lazy pool of workers for one kind of document (``async with``): one document a process at a time."""

    def __init__(
        self,
        kind: str,
        initializer: str,
        settings: ParserSettings,
        *,
        processes: int,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        """Build the pool; nothing is started.

        Args:
            kind: word for such a document in messages.
            initializer: as ``WorkerPool`` takes it; it returns the result of :func:`for_each_document`.
            settings: limits of one process.
            processes: number of processes.
            config: as ``WorkerPool`` takes it.
        """
        self._kind = kind
        self._workers = WorkerPool(
            initializer, config=config, processes=processes, lazy=True, max_chunk=1, stage="ingest",
            deadline_s=settings.deadline_s, memory_mib=settings.memory_mib,
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        await self._workers.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._workers.stop()

    async def parse(self, document: Input) -> Parsed:
        """Parse a document in a worker. Raises ``Rejected``, also for one that hangs or kills its worker."""
        [result] = await self._workers.run([document])
        if isinstance(result, Failed):
            raise Rejected(RejectionReason(str(result.reason)), f"the {self._kind} cannot be read: {result.message}")
        if isinstance(result.value, Rejected):
            raise result.value
        parsed: Parsed = result.value
        return parsed


def for_each_document(parse: Callable[[Input], Parsed]) -> Callable[[list[Input]], Iterator[Parsed | Rejected]]:
    """Turn a function of one document into a worker's function: a rejection becomes that document's result."""

    def parse_each(documents: list[Input]) -> Iterator[Parsed | Rejected]:
        for document in documents:
            try:
                yield parse(document)
            except Rejected as rejected:
                yield rejected

    return parse_each
