"""The part of the command's verbs that submits inputs: report on stderr, and return the exit code."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from itertools import chain

import psycopg

from quotewire_ingest.archive.select import Selection, select_archived
from quotewire_ingest.model import PARSER_VERSION
from quotewire_ingest.queue.client import JobCounts, JobListener, submit
from quotewire_ingest.queue.inputs import FinishedInput
from quotewire_ingest.queue.kinds import LiftInput, ReparseInput, WithdrawInput
from quotewire_ingest.queue.targets import Item, iter_items
from quotewire_runtime.postgres.errors import translated
from quotewire_schemas.article import Origin


def submit_targets(
    conninfo: str,
    targets: Sequence[str],
    *,
    source_id: str | None = None,
    url: str | None = None,
    backfill: bool = False,
) -> int:
    """Submit paths and URLs; the exit code is 2 where one was rejected."""
    items = iter_items(targets, source_id, url)
    return submit_and_report(conninfo, items, Origin.BACKFILL if backfill else Origin.LIVE)


def withdraw_articles(conninfo: str, articles: Sequence[str], why: str) -> int:
    """Withdraw articles, by id or URL."""
    return submit_and_report(conninfo, [WithdrawInput(article, why) for article in articles], Origin.LIVE)


def lift_articles(conninfo: str, articles: Sequence[str]) -> int:
    """Let articles in again, by id or URL."""
    return submit_and_report(conninfo, [LiftInput(article) for article in articles], Origin.LIVE)


def reparse_articles(conninfo: str, selection: Selection, dry_run: bool = False) -> int:
    """Submit the selected articles to be parsed again. Raises ``DatabaseUnavailable``."""
    with translated("PostgreSQL"), psycopg.connect(conninfo, connect_timeout=5) as connection:
        found = select_archived(connection, selection)
        if dry_run:
            count = sum(1 for _ in found)
            sys.stderr.write(f"{count} articles would be parsed again{'' if count else _why_none(selection)}\n")
            return 0
        first = next(found, None)
        if first is None:
            sys.stderr.write(f"nothing to parse again{_why_none(selection)}\n")
            return 0
        return submit_and_report(conninfo, map(ReparseInput, chain([first], found)), Origin.REPLAY)


def submit_and_report(conninfo: str, items: Iterable[Item], origin: Origin) -> int:
    """Submit items, report on stderr, and return the exit code: 2 where one was rejected."""
    line = _ProgressLine()
    try:
        counts = submit(conninfo, items, JobListener(line.show, line.print_finished), origin)
    except KeyboardInterrupt:
        line.print_interrupted()
        raise
    line.print_end(counts)
    return 2 if counts.rejected else 0


def _why_none(selection: Selection) -> str:
    if selection.every:
        return ": raw bytes are archived of no article that fits (QUOTEWIRE_ARCHIVE__FOLDER)"
    return f": no article that fits was parsed by another release than {PARSER_VERSION} and has archived raw bytes"


class _ProgressLine:
    """One line of progress: overwritten on a terminal, elsewhere a new one every few seconds."""

    _INTERVAL_S = 5.0

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._printed_at = time.monotonic()
        self._width = 0
        self._counts = JobCounts()

    def show(self, counts: JobCounts) -> None:
        """Show the state of the job."""
        self._counts = counts
        line = f"{counts.done} of {counts.describe()}"
        if self._terminal:
            sys.stderr.write("\r" + line.ljust(self._width))
            sys.stderr.flush()
            self._width = len(line)
        elif time.monotonic() - self._printed_at > self._INTERVAL_S:
            self._printed_at = time.monotonic()
            self._print(line)

    def print_finished(self, finished: FinishedInput) -> None:
        """Print an input that gave no article, or has a message."""
        self._print(f"quotewire: {finished.name}: {finished.message or finished.outcome}")

    def print_end(self, counts: JobCounts) -> None:
        """Print the final counts."""
        self._print(counts.describe())

    def print_interrupted(self) -> None:
        """Print how many inputs are left to the service, which goes on with them."""
        waiting = self._counts.queued - self._counts.done
        if waiting:
            self._print(f"{waiting} of {self._counts.describe()}; those that wait are worked all the same")

    def _print(self, text: str) -> None:
        sys.stderr.write(("\r" + " " * self._width + "\r" if self._width else "") + text + "\n")
        sys.stderr.flush()
        self._width = 0
