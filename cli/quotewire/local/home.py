"""A home: the folder that holds all state of one stream on this machine."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from quotewire.local.errors import HomeInUse, LocalError
from quotewire.local.settings import command_settings, default_home
from quotewire.local.state import StreamState, SupervisorPhase
from quotewire_runtime.errors import QuotewireError


class NoStreamRunning(QuotewireError):
    """No stream runs on this home."""

    exit_code = 3


class Home:
    """The folder and its files. Creating the object touches nothing on disk."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = (root or default_home()).expanduser().absolute()
        self.logs = self.root / "logs"
        self.archive = self.root / "archive"
        self._state = self.root / "state.json"
        self._lock = self.root / "lock"

    def create(self) -> None:
        """Create the folder, readable by its owner only: it holds a password. Raises LocalError."""
        if "," in str(self.root):
            raise LocalError(f"cannot use {self.root} as home: Kafka takes a comma for the end of a folder's name")
        try:
            self.logs.mkdir(parents=True, exist_ok=True)
            self.archive.mkdir(exist_ok=True)
            self.root.chmod(0o700)
            self._lock.touch()
        except OSError as error:
            raise LocalError(f"cannot use {self.root} as home: {error.strerror}; choose another with --home") from None

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home's lock; the kernel releases it when the holder dies. Raises HomeInUse without waiting."""
        with self._lock.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HomeInUse(f"another `quotewire up` runs on {self.root}; see quotewire status") from None
            yield

    def read_state(self) -> StreamState:
        """Read the record; where it is missing or unreadable, return one that says that nothing runs."""
        try:
            return StreamState.model_validate_json(self._state.read_bytes())
        except (OSError, ValidationError):
            return StreamState()

    def write_state(self, state: StreamState) -> None:
        """Replace the record as a whole: whoever reads it gets the old one or the new one."""
        fresh = self._state.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(state.model_dump(mode="json"), indent=1), encoding="utf8")
        fresh.replace(self._state)


def running_stream(root: Path | None = None) -> StreamState:
    """Return the record of the stream that runs on the home `root`. Raises NoStreamRunning with what to do."""
    home = Home(root)
    state = home.read_state()
    if state.kafka is None or state.postgres is None or not (state.supervised() or state.running()):
        option = "" if root is None else f" --home {root}"
        last = f"; the last start failed: {state.error}" if state.phase is SupervisorPhase.FAILED else ""
        raise NoStreamRunning(f"no stream runs on {home.root}{last}; start one with: quotewire up{option} --detach")
    return state


def stream_env(root: Path | None = None) -> dict[str, str]:
    """Return the environment variables with which our programs reach the stream of a home.

    Empty when no home is given and the environment already names Kafka and PostgreSQL.
    Raises NoStreamRunning when it does not, and nothing runs on the home.
    """
    if root is None:
        given = command_settings()
        if given.kafka.bootstrap_servers and (given.postgres.dsn or given.postgres.host):
            return {}
    kafka, postgres = running_stream(root).addresses()
    return {"QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": kafka, "QUOTEWIRE_POSTGRES__DSN": postgres}


def export_stream_env(root: Path | None = None) -> None:
    """Put `stream_env` into the environment of this process, before a verb reads its settings."""
    os.environ.update(stream_env(root))
