"""A home: the folder that holds all state of one stream on this machine, and the record of what runs from it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from quotewire.local.errors import HomeTaken, LocalError
from quotewire.local.process import Identity
from quotewire.local.settings import command_settings, default_home
from quotewire_runtime.errors import QuotewireError


class NothingRuns(QuotewireError):
    """No stream runs on this home."""

    exit_code = 3


class Phase(StrEnum):
    """Where the supervisor of a home is."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class PartState(BaseModel):
    """One process of the home: who it is (pid and start time in seconds since the epoch) and how it fares."""

    model_config = ConfigDict(extra="ignore")

    name: str
    pid: int | None = None
    started: float = 0.0
    ready: bool = False
    restarts: int = 0
    doing: str = ""
    """What it waits for or does, in words for people."""
    log: str = ""
    metrics_url: str | None = None
    health_url: str | None = None

    @property
    def identity(self) -> Identity | None:
        """The process, if one was started."""
        return None if self.pid is None else Identity(self.pid, self.started)


class State(BaseModel):
    """What `state.json` says; written by the supervisor alone, always whole."""

    model_config = ConfigDict(extra="ignore")

    supervisor: PartState | None = None
    phase: Phase = Phase.STOPPED
    error: str | None = None
    exit_code: int = 0
    kafka: str | None = None
    postgres: str | None = None
    ports: dict[str, int] = {}
    """The port that each part had last, to be had again."""
    parts: list[PartState] = []
    services: list[PartState] = []
    took: dict[str, float] = {}
    """Seconds of each step of the last start."""

    def supervised(self) -> bool:
        """Whether the supervisor that wrote this still runs."""
        return self.supervisor is not None and (who := self.supervisor.identity) is not None and who.alive()

    def running(self) -> list[Identity]:
        """The processes of the record that still run."""
        known = [part.identity for part in (*self.services, *self.parts)]
        return [identity for identity in known if identity is not None and identity.alive()]


class Home:
    """The folder and its files. Making the object touches nothing."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = (root or default_home()).expanduser().absolute()
        self.logs = self.root / "logs"
        self.archive = self.root / "archive"
        self._state = self.root / "state.json"
        self._lock = self.root / "lock"

    @classmethod
    def open(cls, root: Path | None = None) -> State:
        """Return the record of the stream that runs on `root`. Raises NothingRuns with what to do."""
        home = cls(root)
        state = home.state()
        if state.kafka is None or state.postgres is None or not (state.supervised() or state.running()):
            option = "" if root is None else f" --home {root}"
            last = f"; the last start failed: {state.error}" if state.phase is Phase.FAILED else ""
            raise NothingRuns(f"no stream runs on {home.root}{last}; start one with: quotewire up{option} --detach")
        return state

    def make(self) -> None:
        """Make the folder, for its owner alone: it holds a password. Raises LocalError when that cannot be done."""
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
    def held(self) -> Iterator[None]:
        """Hold the home's lock, which the kernel lets go of when the holder dies. Raises HomeTaken at once."""
        with self._lock.open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HomeTaken(f"another `quotewire up` runs on {self.root}; see quotewire status") from None
            yield

    def state(self) -> State:
        """Read the record; a home without one, or with one that cannot be read, has a record of nothing."""
        try:
            return State.model_validate_json(self._state.read_bytes())
        except (OSError, ValidationError):
            return State()

    def write(self, state: State) -> None:
        """Replace the record as a whole; a reader sees the old one or the new one."""
        fresh = self._state.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(state.model_dump(mode="json"), indent=1), encoding="utf8")
        fresh.replace(self._state)


def settings_env(root: Path | None = None) -> dict[str, str]:
    """Return the variables with which any of our programs reaches the stream of a home.

    Without a home, and with the addresses of Kafka and PostgreSQL in the environment already, there is nothing to add.
    Raises NothingRuns when there is neither.
    """
    if root is None:
        given = command_settings()
        if given.kafka.bootstrap_servers and (given.postgres.dsn or given.postgres.host):
            return {}
    state = Home.open(root)
    assert state.kafka is not None
    assert state.postgres is not None
    return {"QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": state.kafka, "QUOTEWIRE_POSTGRES__DSN": state.postgres}


def reach(root: Path | None = None) -> None:
    """Put `settings_env` into this process's environment, before a verb reads its settings."""
    os.environ.update(settings_env(root))
