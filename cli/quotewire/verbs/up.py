"""`quotewire up`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from quotewire.feeding import Attendant, absolute, feed
from quotewire.local.daemon import launch
from quotewire.local.home import Home, State
from quotewire.local.settings import CommandSettings, command_settings
from quotewire.local.stream import check_settings, our_services
from quotewire.local.supervisor import Supervisor
from quotewire.options import HomeOption, named
from quotewire.progress import progress, summary
from quotewire_runtime.errors import UsageError


def up(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH|URL …", parser=named, help="Articles to begin with: files, folders, feeds, pages."
        ),
    ] = None,
    home: HomeOption = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return when all is ready, and leave it running.")
    ] = False,
    sources: Annotated[Path | None, typer.Option(metavar="sources.yaml", help="Feeds to poll.")] = None,
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
    given = inputs or []
    for one in given:
        if "://" not in one and not Path(one).exists():
            raise UsageError(f"{one}: no such file; nothing was started")
    if sources is not None:
        if not sources.is_file():
            found = "a folder" if sources.is_dir() else "no such file"
            raise UsageError(f"{sources}: {found}; --sources takes a list of feeds to poll")
        from quotewire_ingest.sources.config import load_sources

        load_sources(sources)  # what is wrong with it is told before anything starts
        os.environ["QUOTEWIRE_SOURCES__FILE"] = absolute(sources)  # for the ingest service, which inherits it
    if (state := place.state()).supervised():
        return _already(place, state, given, sources)
    check_settings()
    settings = command_settings()
    if detach:
        with progress() as shown:
            state = launch(place, shown.show)
            shown.note(f"{place.root}: {summary(state)}; stop it with: {_again('down', home)}")
            return feed(place, given, shown)
    return _in_front(place, settings, given)


def _already(place: Home, state: State, inputs: list[str], sources: Path | None) -> int:
    assert state.supervisor is not None
    print(f"{place.root}: already {state.phase}, by supervisor {state.supervisor.pid}", file=sys.stderr)
    if sources is not None:
        raise UsageError(f"--sources is read at the start: quotewire down --home {place.root}, then up again")
    with progress() as shown:
        return feed(place, inputs, shown)


def _in_front(place: Home, settings: CommandSettings, inputs: list[str]) -> int:
    os.umask(0o077)  # the home holds a password and articles
    with progress() as shown:
        supervisor = Supervisor(place, settings, our_services(place), Attendant(place, inputs, shown).show)
        supervisor.stop_on_signals()
        supervisor.run()
    print(f"stopped; everything is kept in {place.root}", file=sys.stderr)
    return 0


def _again(verb: str, home: Path | None) -> str:
    return f"quotewire {verb}" + (f" --home {home}" if home is not None else "")
