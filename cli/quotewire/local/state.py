"""The record of what runs on a home, as `state.json` holds it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from quotewire.local.processes import ProcessIdentity


class SupervisorPhase(StrEnum):
    """What the supervisor of a home does now."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class PartState(BaseModel):
    """One process of the home: its pid and start time (seconds since the epoch), and its condition."""

    model_config = ConfigDict(extra="ignore")

    name: str
    pid: int | None = None
    started: float = 0.0
    ready: bool = False
    restarts: int = 0
    doing: str = ""
    """What it does or waits for, as text for people."""
    log: str = ""
    metrics_url: str | None = None
    health_url: str | None = None

    @property
    def identity(self) -> ProcessIdentity | None:
        """The process, if one was started."""
        return None if self.pid is None else ProcessIdentity(self.pid, self.started)


class StreamState(BaseModel):
    """The content of `state.json`. Only the supervisor writes it, always as a whole."""

    model_config = ConfigDict(extra="ignore")

    supervisor: PartState | None = None
    phase: SupervisorPhase = SupervisorPhase.STOPPED
    error: str | None = None
    exit_code: int = 0
    kafka: str | None = None
    postgres: str | None = None
    ports: dict[str, int] = {}
    """The port that each part had last; the next start tries it first."""
    parts: list[PartState] = []
    services: list[PartState] = []
    took: dict[str, float] = {}
    """Seconds of each step of the last start."""

    def supervised(self) -> bool:
        """Whether the supervisor that wrote this record still runs."""
        return self.supervisor is not None and (who := self.supervisor.identity) is not None and who.alive()

    def running(self) -> list[ProcessIdentity]:
        """The processes of the record that still run."""
        known = [part.identity for part in (*self.services, *self.parts)]
        return [identity for identity in known if identity is not None and identity.alive()]

    def addresses(self) -> tuple[str, str]:
        """Kafka's bootstrap servers and PostgreSQL's connection string. Only for a stream that runs."""
        assert self.kafka is not None
        assert self.postgres is not None
        return self.kafka, self.postgres
