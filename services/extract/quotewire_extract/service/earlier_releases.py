"""Find out whether a lower release may have published quotations of an article's first revision."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from pydantic_core import from_json

from quotewire_runtime.errors import UnavailableError
from quotewire_runtime.observability import logs


class EarlierReleases:
    """Whether quotations of a lower release are on the topic of quotations, as far as this replica can know.

    The oldest and the newest record of each partition are read with every assignment. What a lower release published
    before this one was deployed is among them, and so is what a replica of a lower release published last before its
    partitions came here. Once found, it holds until the process ends; where Kafka does not answer, it is assumed.
    """

    def __init__(self, release: int, read_edges: Callable[[], Awaitable[Sequence[bytes | None]]]) -> None:
        """Check nothing yet.

        Args:
            release: the release of this replica.
            read_edges: returns the values of the first and the last record of each partition of the topic.
        """
        self._release = release
        self._read_edges = read_edges
        self._found = False
        self._log = logs.get_logger("quotewire.extract")
        self.possible = True
        """Whether quotations of a lower release may be valid on the topic."""

    async def check(self) -> None:
        """Read the topic; does not raise."""
        if self._found:
            return
        try:
            self._found = any(_is_lower(value, self._release) for value in await self._read_edges())
            self.possible = self._found
        except UnavailableError as error:
            self.possible = True
            self._log.warning("earlier_releases_unknown", why=str(error))


def _is_lower(value: bytes | None, release: int) -> bool:
    """Whether a record is of a lower release; one that does not say its release may be."""
    try:
        record = from_json(value or b"")
    except ValueError:
        return True
    found = record.get("annotator_release") if isinstance(record, dict) else None
    return not isinstance(found, int) or found < release
