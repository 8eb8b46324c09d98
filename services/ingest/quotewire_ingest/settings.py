"""The settings of ingest; those of fetching and parsing are used without a broker, too."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from quotewire_runtime.config.settings import PostgresSettings, Section, ServiceSettings


class FetchSettings(BaseModel):
    """How URLs are fetched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str | None = Field(
        None,
        description="URL or e-mail address of the operator, sent in the User-Agent. Needed to poll sources.",
    )
    allow_private: bool = Field(
        False, description="Connect to loopback and private addresses, on any port. For test hosts only."
    )
    obey_robots: bool = Field(True, description="Fetch robots.txt first and obey it.")
    verify_tls: bool = Field(True, description="Reject servers whose certificate cannot be verified.")
    connect_timeout_s: float = Field(10, gt=0, description="Seconds to connect; slower hosts are practically down.")
    first_byte_timeout_s: float = Field(20, gt=0, description="Seconds to wait for the next bytes of a response.")
    total_timeout_s: float = Field(
        60,
        gt=0,
        description="Seconds for a whole response; a URL with its redirects and robots.txt has three times as long.",
    )
    max_bytes: int = Field(
        8 * 1024 * 1024, gt=0, description="Largest decoded body; of 438 real pages the largest has 2.23 MB."
    )
    max_redirects: int = Field(5, ge=0, description="Redirects followed for one page.")


class ParserSettings(BaseModel):
    """How pages are parsed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_elements: int = Field(
        50_000,
        gt=0,
        description="Most elements of a page; of 438 real pages the largest has 4,274.",
    )
    deadline_s: float = Field(
        30,
        gt=0,
        description="Seconds to parse one page before its worker is killed; the slowest of 438 took 1.5 s.",
    )
    processes: int = Field(1, gt=0, description="Worker processes that parse pages.")
    memory_mib: int = Field(1024, gt=0, description="Memory of one worker, MiB; it needs 250 when idle.")


class ArchiveSettings(Section):
    """Where the raw bytes are archived."""

    folder: Path | None = Field(
        None, description="Folder for the WARC files of the raw bytes; empty: none are archived."
    )
    keep_days: float | None = Field(
        None,
        gt=0,
        description="Days for which they are archived; empty: for ever. A source of `sources.yaml` may differ.",
    )
    segment_mib: int = Field(
        256, gt=0, description="Size in MiB at which a WARC file is closed and the next one begun."
    )


class WorkSettings(Section):
    """How the inputs of the queue are worked."""

    batch: int = Field(64, gt=0, le=1000, description="Inputs leased at once, at most; they share one transaction.")
    lease_s: float = Field(
        120,
        ge=10,
        description="Seconds after which another replica may lease what one that hangs has leased; else it renews.",
    )
    fetchers: int = Field(4, gt=0, le=64, description="URLs fetched at the same time, from different hosts.")
    host_pause_s: float = Field(
        1, ge=0, description="Seconds between two requests to a host (registrable domain), at least."
    )
    attempts: int = Field(
        3, gt=0, description="Times a URL is fetched whose failure may pass (no answer, 408, 425, 429, 5xx)."
    )
    stall_s: float = Field(
        120, gt=0, description="Seconds in which the event loop does not run, after which the process exits (code 75)."
    )
    keep_outcomes_days: float = Field(30, gt=0, description="Days after which the outcomes of inputs are deleted.")


class OutboxSettings(Section):
    """How much may wait for Kafka before nothing more is accepted."""

    most_records: int = Field(
        50_000, gt=0, description="Records waiting for Kafka at which leases and polls stop and pushes get a 503."
    )
    most_mib: int = Field(
        1024,
        gt=0,
        description="The same in MiB of their values; either limit counts. Intake goes on below four fifths.",
    )


class HeartbeatSettings(Section):
    """The invented article that shows that the stream moves, also while there is no news."""

    every_s: float = Field(30, ge=0, description="Seconds between two heartbeat articles; 0: none are sent.")


class SourceSettings(Section):
    """Where articles come from, and how often feeds are polled."""

    file: Path | None = Field(None, description="The `sources.yaml`: feeds, folders and pushes; empty: none.")
    least_interval_s: float = Field(
        300, gt=0, description="Seconds between two polls of a feed, at least, however much it yields."
    )
    most_interval_s: float = Field(
        6 * 3600, gt=0, description="Seconds between two polls of a feed that yields little."
    )
    folder_look_s: float = Field(5, gt=0, description="Seconds between two scans of the watched folders.")
    folder_settle_s: float = Field(
        3, ge=0, description="Seconds without a change, and two scans, after which a file counts as complete."
    )
    pollers: int = Field(8, gt=0, le=256, description="Feeds polled at the same time, from different hosts.")
    news_days: float = Field(
        30, gt=0, description="Days after which an entry of a sitemap, by its own date, is too old to be queued."
    )


class PushSettings(Section):
    """Where and by whom articles may be pushed."""

    port: int | None = Field(
        None, ge=0, le=65535, description="Port for `POST /v1/articles`; empty: nobody can push; 0: any free one."
    )
    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` in a container, behind a TLS proxy.")
    tokens: dict[str, SecretStr] = Field(
        {}, description='Bearer tokens by source, `{"harbour-post": "…"}`; their SHA-256 may be in `sources.yaml`.'
    )
    max_mib: int = Field(8, gt=0, le=256, description="Largest request, MiB (unpacked); more gets a 413.")
    timeout_s: float = Field(30, gt=0, description="Seconds in which the body of a request must arrive.")


class Settings(ServiceSettings):
    """Everything the ingest service reads from its environment."""

    postgres: PostgresSettings = PostgresSettings()
    fetch: FetchSettings = FetchSettings()
    read: ParserSettings = ParserSettings()
    archive: ArchiveSettings = ArchiveSettings()
    work: WorkSettings = WorkSettings()
    outbox: OutboxSettings = OutboxSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    sources: SourceSettings = SourceSettings()
    push: PushSettings = PushSettings()
