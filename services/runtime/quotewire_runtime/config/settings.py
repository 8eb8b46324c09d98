"""Settings from ``QUOTEWIRE_…`` variables and secret files: one frozen class per service, read once in ``__main__``.

``QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS`` sets ``kafka.bootstrap_servers``; a file named
``quotewire_postgres__password`` in ``/run/secrets`` sets ``postgres.password``. The environment wins over files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NestedSecretsSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from quotewire_runtime.config.env import DELIMITER, PREFIX, broken_json, first_problem
from quotewire_runtime.errors import SettingsError

SECRETS = Path("/run/secrets")
"""Where Docker and Kubernetes put secrets; left out where it does not exist."""


class Section(BaseModel):
    """A group of settings: frozen, and a misspelt name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class KafkaSettings(Section):
    """How to reach Kafka."""

    bootstrap_servers: str = Field("localhost:9092", description="Comma-separated `host:port` of some brokers.")
    topic_prefix: str = Field("", description="Put before every topic and group, so that streams can share a cluster.")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="TLS with `SSL` and `SASL_SSL`; user and password with `SASL_…`."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="Used with `SASL_…`."
    )
    sasl_username: str = Field("", description="User for `SASL_…`.")
    sasl_password: SecretStr = Field(SecretStr(""), description="Password for `SASL_…`; better as a secret file.")
    ssl_cafile: Path | None = Field(None, description="PEM file of the authority; the system's where empty.")
    ssl_certfile: Path | None = Field(None, description="PEM file of the client's certificate, for mutual TLS.")
    ssl_keyfile: Path | None = Field(None, description="PEM file of its key.")

    @model_validator(mode="after")
    def _complete(self) -> KafkaSettings:
        if self.security_protocol.startswith("SASL") and not (
            self.sasl_username and self.sasl_password.get_secret_value()
        ):
            raise ValueError(f"security_protocol {self.security_protocol} needs sasl_username and sasl_password")
        return self


class PostgresSettings(Section):
    """How to reach PostgreSQL: a DSN, or its parts."""

    dsn: SecretStr | None = Field(None, description="`postgresql://…`; wins over the parts below.")
    host: str = Field("localhost", description="Host, or the directory of a Unix socket.")
    port: int = Field(5432, ge=1, le=65535, description="Port.")
    user: str = Field("quotewire", description="Role.")
    password: SecretStr | None = Field(None, description="Password; better as a secret file.")
    database: str = Field("quotewire", description="Database.")

    @field_validator("dsn")
    @classmethod
    def _is_connection_string(cls, dsn: SecretStr | None) -> SecretStr | None:
        """Refuse here what libpq would quote in its complaint, password and all."""
        text = "" if dsn is None else dsn.get_secret_value()
        if dsn is not None and not text.startswith(("postgresql://", "postgres://")) and "=" not in text:
            raise ValueError("not a connection string; write postgresql://user@host:port/database")
        return dsn

    def conninfo(self) -> str:
        """Say where it is in libpq's words. Holds the password: never log it."""
        if self.dsn is not None:
            return self.dsn.get_secret_value()
        parts = {"host": self.host, "port": str(self.port), "user": self.user, "dbname": self.database}
        if self.password is not None:
            parts["password"] = self.password.get_secret_value()
        return " ".join(f"{name}='{_escaped(value)}'" for name, value in parts.items())


class HttpSettings(Section):
    """Where `/metrics`, `/live` and `/ready` answer."""

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` in a container.")
    port: int = Field(9400, ge=0, le=65535, description="Port; 0 takes any free one, the log says which.")


class LogSettings(Section):
    """What the log says and how."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least severe level to write.")
    format: Literal["auto", "json", "console"] = Field("auto", description="`auto`: console on a terminal, else JSON.")


class EngineSettings(Section):
    """How a stage reads, waits and gives up."""

    batch_articles: int = Field(64, ge=1, le=1000, description="Most articles of a batch.")
    batch_bytes: int = Field(
        4 * 2**20, ge=1, description="Most bytes of a batch (one larger article still makes a batch of one)."
    )
    batches_at_once: int = Field(
        1,
        ge=1,
        le=64,
        description="Batches under way at a time: the next are worked while the first waits for its slowest article. "
        "They are produced and acknowledged in their order.",
    )
    batch_wait_s: float = Field(
        0.01,
        ge=0,
        le=5,
        description="Seconds to wait for more after the first article of a batch.",
    )
    buffer_articles: int = Field(
        128, ge=1, description="Articles read ahead; times the longest article it bounds the memory."
    )
    instance_id: str = Field(
        "", description="Name of this replica that outlives restarts: it then gets its partitions back at once."
    )
    session_timeout_s: float = Field(
        10, ge=6, le=40, description="Seconds after which the partitions of a killed replica go to others."
    )
    rebalance_timeout_s: float = Field(
        60,
        ge=10,
        description="Seconds a joining replica waits for what is in work: all batches under way must be done by then.",
    )
    commit_interval_s: float = Field(
        1, gt=0, description="Seconds between commits: work since the last one is repeated after a kill."
    )
    shutdown_grace_s: float = Field(
        25, gt=0, description="Seconds to stop in before the process leaves anyway; below the supervisor's own limit."
    )
    stall_s: float = Field(
        120, gt=0, description="Seconds with lag and without progress after which the process leaves to be restarted."
    )
    dead_letters_in_a_row: int = Field(
        50, ge=1, description="Dead letters in a row at which the stage pauses: the fault is then hardly the articles'."
    )
    dead_letter_ratio: float = Field(
        0.5, gt=0, le=1, description="Part of dead letters among the last `dead_letter_window` at which it pauses."
    )
    dead_letter_window: int = Field(500, ge=10, description="Articles over which the ratio is taken.")


class ServiceSettings(BaseSettings):
    """What every service has. A service's ``Settings`` adds its own sections."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=DELIMITER,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    kafka: KafkaSettings = KafkaSettings()
    http: HttpSettings = HttpSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then secret files."""
        if not SECRETS.is_dir():
            return init_settings, env_settings
        secrets = NestedSecretsSettingsSource(
            file_secret_settings, secrets_dir=SECRETS, secrets_nested_delimiter=DELIMITER
        )
        return init_settings, env_settings, secrets


class StageSettings(ServiceSettings):
    """What a Kafka stage has besides."""

    engine: EngineSettings = EngineSettings()


Read = TypeVar("Read", bound=BaseSettings)


def load(settings: type[Read]) -> Read:
    """Read settings from the environment and, those of a service, from the secret files.

    Raises:
        SettingsError: naming the variable and what is wrong with it, never its value.
    """
    try:
        return settings()
    except ValidationError as error:
        raise SettingsError(first_problem(settings, error)) from None
    except SourceError:
        raise SettingsError(f"{broken_json(settings)}: not JSON") from None


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
