"""`quotewire up`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from quotewire.foreground import ForegroundSession
from quotewire.ingest_client import submit_with_progress
from quotewire.local.daemon import launch
from quotewire.local.home import Home
from quotewire.local.service import check_service_settings, stream_services
from quotewire.local.settings import CommandSettings, command_settings
from quotewire.local.state import StreamState
from quotewire.local.supervisor import Supervisor
from quotewire.options import HomeOption, non_empty
from quotewire.progress import open_progress, startup_summary
from quotewire.verb_group import VerbCommand, new_app
from quotewire_runtime.errors import UsageError

app = new_app()


@app.command(cls=VerbCommand)
def up(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH|URL …", parser=non_empty, help="Inputs to submit: files, folders, feeds, pages."),
    ] = None,
    home: HomeOption = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return when everything is ready, and leave it running.")
    ] = False,
    sources: Annotated[Path | None, typer.Option(metavar="sources.yaml", help="Feeds to poll.")] = None,
) -> int:
    """Start Kafka, PostgreSQL and the three services on this machine, and supervise them.

    A service that ends is restarted. Ctrl-C (or `quotewire down` elsewhere) stops everything; what was stored stays,
    and the next `up` continues from there. With an address in QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS or
    QUOTEWIRE_POSTGRES__DSN, that one is used and none is started here.

    Example:
        quotewire up articles/ https://example.org/feed.xml
        quotewire up --detach && quotewire status
    """
    target = Home(home)
    given = inputs or []
    for one in given:
        if "://" not in one and not Path(one).exists():
            raise UsageError(f"{one}: no such file; nothing was started")
    if sources is not None:
        _use_sources(sources)
    if (state := target.read_state()).supervised():
        return _submit_to_running(target, state, given, sources)
    check_service_settings()
    settings = command_settings()
    if detach:
        with open_progress() as progress:
            state = launch(target, progress.show)
            option = f" --home {home}" if home is not None else ""
            progress.note(f"{target.root}: {startup_summary(state)}; stop it with: quotewire down{option}")
            return submit_with_progress(target, given, progress)
    return _run_in_foreground(target, settings, given)


def _use_sources(sources: Path) -> None:
    """Check the file, so that errors show before anything starts, and name it in the environment for ingest."""
    if not sources.is_file():
        found = "a folder" if sources.is_dir() else "no such file"
        raise UsageError(f"{sources}: {found}; --sources takes a list of feeds to poll")
    from quotewire_ingest.sources.config import load_sources

    load_sources(sources)
    os.environ["QUOTEWIRE_SOURCES__FILE"] = str(sources.expanduser().absolute())  # ingest runs in another folder


def _submit_to_running(home: Home, state: StreamState, inputs: list[str], sources: Path | None) -> int:
    assert state.supervisor is not None
    print(f"{home.root}: already {state.phase}, by supervisor {state.supervisor.pid}", file=sys.stderr)
    if sources is not None:
        raise UsageError(f"--sources is read at the start: quotewire down --home {home.root}, then up again")
    with open_progress() as progress:
        return submit_with_progress(home, inputs, progress)


def _run_in_foreground(home: Home, settings: CommandSettings, inputs: list[str]) -> int:
    os.umask(0o077)  # the home holds a password and articles
    with open_progress() as progress:
        session = ForegroundSession(home, inputs, progress)
        supervisor = Supervisor(home, settings, stream_services(home), session.show)
        supervisor.stop_on_signals()
        supervisor.run()
    print(f"stopped; everything is kept in {home.root}", file=sys.stderr)
    return 0
