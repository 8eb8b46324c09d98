"""Settings of reading and fetching, usable without a broker; the service's own stand in `service_settings.py`."""

from pydantic import BaseModel, ConfigDict, Field


class FetchSettings(BaseModel):
    """How pages are asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: str | None = Field(
        None,
        description="Address or e-mail under which a publisher reaches you; it is sent along. Needed to poll sources.",
    )
    allow_private: bool = Field(
        False, description="Ask loopback and private addresses, on any port. For test hosts only."
    )
    obey_robots: bool = Field(True, description="Ask robots.txt first and obey it.")
    verify_tls: bool = Field(True, description="Refuse servers whose certificate cannot be verified.")
    connect_timeout_s: float = Field(
        10, gt=0, description="Seconds for one connection; slower hosts are practically down."
    )
    first_byte_timeout_s: float = Field(20, gt=0, description="Seconds between two pieces of an answer.")
    total_timeout_s: float = Field(
        60,
        gt=0,
        description="Seconds for one answer from the first to the last byte, against endless and dripping bodies.",
    )
    max_bytes: int = Field(
        8 * 1024 * 1024, gt=0, description="Largest decoded body; of 438 real pages the largest has 2.23 MB."
    )
    max_redirects: int = Field(5, ge=0, description="Redirects followed for one page.")


class ReadSettings(BaseModel):
    """How pages are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_elements: int = Field(
        50_000,
        gt=0,
        description="Elements of a page beyond which it is refused; of 438 real pages the largest has 4,274.",
    )
    deadline_s: float = Field(
        30,
        gt=0,
        description="Seconds for reading one page before its process is ended; the slowest of 438 took 1.5 s.",
    )
    processes: int = Field(1, gt=0, description="Processes that read pages.")
    memory_mib: int = Field(1024, gt=0, description="Memory of one such process, MiB; it needs 250 when idle.")
