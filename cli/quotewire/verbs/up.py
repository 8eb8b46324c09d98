"""`quotewire up`."""

import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer

from quotewire.local.daemon import launch
from quotewire.local.home import Home, Phase, State
from quotewire.local.settings import CommandSettings
from quotewire.local.stream import our_services
from quotewire.local.supervisor import Supervisor
from quotewire.progress import Progress, progress, summary
from quotewire.verbs.options import HomeOption


def up(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|URL …", help="Articles to begin with: files, folders, feeds, pages."),
    ] = None,
    home: HomeOption = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return when all is ready, and leave it running.")
    ] = False,
    sources: Annotated[
        Path | None, typer.Option(metavar="sources.yaml", help="Feeds, sitemaps and folders to watch.")
    ] = None,
) -> int:
    """Start Kafka, PostgreSQL and the three services on this machine, and watch over them.

    A service that dies is restarted. Ctrl-C (or `quotewire down` elsewhere) stops everything; what was stored stays,
    and the next `up` goes on from there. With an address in QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS or
    QUOTEWIRE_POSTGRES__DSN, that one is used and none started here.

    Example:
        quotewire up articles/ https://example.org/feed.xml
        quotewire up --detach && quotewire status
    """
    place = Home(home)
    state = place.state()
    if state.supervised():
        return _already(place, state, inputs or [], sources)
    if detach:
        with progress() as shown:
            state = launch(place, shown.show)
            shown.note(f"{place.root}: {summary(state)}; stop it with: {_again('down', home)}")
        return _feed(place, inputs or [], sources)
    return _in_front(place, inputs or [], sources)


def _already(place: Home, state: State, inputs: list[str], sources: Path | None) -> int:
    assert state.supervisor is not None
    print(
        f"{place.root}: already {state.phase}, supervisor {state.supervisor.pid}; Kafka {state.kafka}", file=sys.stderr
    )
    return _feed(place, inputs, sources)


def _in_front(place: Home, inputs: list[str], sources: Path | None) -> int:
    os.umask(0o077)  # the home holds a password and articles
    with progress() as shown:
        feeding = _FeedWhenReady(place, inputs, sources, shown)
        supervisor = Supervisor(place, CommandSettings(), our_services(place), feeding.show)
        supervisor.stop_on_signals()
        supervisor.run()
    print(f"stopped; everything is kept in {place.root}", file=sys.stderr)
    return 0


class _FeedWhenReady:
    """Shows each record, and hands the inputs over once when the stream is ready."""

    def __init__(self, place: Home, inputs: list[str], sources: Path | None, shown: Progress) -> None:
        self._place, self._inputs, self._sources, self._shown = place, inputs, sources, shown
        self._thread: threading.Thread | None = None

    def show(self, state: State) -> None:
        """Show a record."""
        self._shown.show(state)
        if state.phase is Phase.RUNNING and self._thread is None:
            self._shown.note(f"{self._place.root}: {summary(state)}; Ctrl-C stops it")
            self._thread = threading.Thread(target=self._feed, name="feed", daemon=True)
            self._thread.start()

    def _feed(self) -> None:
        _feed(self._place, self._inputs, self._sources)


def _feed(place: Home, inputs: list[str], sources: Path | None) -> int:
    return 0


def _again(verb: str, home: Path | None) -> str:
    return f"quotewire {verb}" + (f" --home {home}" if home is not None else "")
