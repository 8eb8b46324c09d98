"""Hands inputs over to a running stream, and tells on a `Progress` how they fare."""

import asyncio
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from quotewire.counts import table_counts
from quotewire.local.home import Home, Phase, State
from quotewire.progress import Progress, summary
from quotewire_runtime.errors import QuotewireError

COUNT_EVERY = 2.0  # seconds between two counts of what is stored


def feed(place: Home, inputs: Sequence[str], shown: Progress) -> int:
    """Feed paths and addresses and wait for the outcome of each; the exit code is 2 where one gave no article."""
    if not inputs:
        return 0
    from quotewire_ingest.queue.client import Listener, items_of
    from quotewire_ingest.queue.client import feed as hand_over

    state = Home.open(place.root)
    assert state.postgres is not None
    listener = Listener(
        progress=lambda tally: shown.standing(f"{tally.done} of {tally.words()}"),
        ended=lambda one: shown.note(f"quotewire: {one.name}: {one.message or one.outcome}"),
    )
    tally = hand_over(state.postgres, items_of(inputs), listener)
    shown.note(tally.words())
    return 2 if tally.rejected else 0


class Attendant:
    """Beside a supervisor in the foreground: shows its records, feeds once all is ready, then counts what is stored."""

    def __init__(self, place: Home, inputs: Sequence[str], shown: Progress) -> None:
        self._place, self._inputs, self._shown = place, inputs, shown
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def show(self, state: State) -> None:
        """Show a record; called by the supervisor with every new one."""
        self._shown.show(state)
        if state.phase is Phase.RUNNING and self._thread is None:
            self._shown.note(f"{self._place.root}: {summary(state)}; Ctrl-C stops it")
            # A daemon: an input that is being handed over must not hold up Ctrl-C; the queue keeps what it has.
            self._thread = threading.Thread(target=self._attend, name="feed", daemon=True)
            self._thread.start()
        elif state.phase is not Phase.RUNNING and self._thread is not None:
            self._over.set()

    def _attend(self) -> None:
        try:
            feed(self._place, self._inputs, self._shown)
        except QuotewireError as error:
            self._shown.note(f"quotewire: {error}")
        while not self._over.wait(COUNT_EVERY):
            if (line := stored(self._place)) is not None:
                self._shown.standing(line)


def stored(place: Home) -> str | None:
    """What the store holds, in one line; None while PostgreSQL does not answer."""
    dsn = place.state().postgres
    try:
        tables = asyncio.run(table_counts(dsn)) if dsn else {}
    except Exception:  # whatever the client raises: asked again in two seconds
        return None
    names = {"news.articles": "articles", "news.quotations": "quotations", "news.dead_letters": "dead letters"}
    return "stored: " + ", ".join(f"{name} {tables[table]}" for table, name in names.items() if table in tables)


def wait_stored(place: Home, articles: int, within: float) -> bool:
    """Block until the store holds `articles` articles and dead letters together, `within` seconds at most."""
    end_at = time.monotonic() + within
    dsn = Home.open(place.root).postgres
    assert dsn is not None
    while True:
        tables = asyncio.run(table_counts(dsn))
        if tables.get("news.articles", 0) + tables.get("news.dead_letters", 0) >= articles:
            return True
        if time.monotonic() > end_at:
            return False
        time.sleep(0.1)


def absolute(path: Path) -> str:
    """A path as a service in another folder understands it."""
    return str(path.expanduser().absolute())
