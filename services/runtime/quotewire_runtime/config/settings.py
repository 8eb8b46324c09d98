"""Settings from ``QUOTEWIRE_…`` variables and secret files: one frozen class per service, loaded once at start.

``QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS`` sets ``kafka.bootstrap_servers``; a file named
``quotewire_postgres__password`` in ``/run/secrets`` sets ``postgres.password``. Variables take precedence over files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NestedSecretsSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from quotewire_runtime.config.env import DELIMITER, PREFIX, describe_error, find_invalid_json
from quotewire_runtime.errors import SettingsError

SECRETS_DIR = Path("/run/secrets")
"""Folder in which Docker and Kubernetes mount secrets; ignored if it does not exist."""


class Section(BaseModel):
    """A group of settings; frozen, and an unknown name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class KafkaSettings(Section):
    """How to reach Kafka."""

    bootstrap_servers: str = Field("localhost:9092", description="Comma-separated `host:port` of some brokers.")
    topic_prefix: str = Field("", description="Prefix of all topics and groups: several streams can share a cluster.")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="TLS with `SSL` and `SASL_SSL`; user and password with `SASL_…`."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="Used with `SASL_…`."
    )
    sasl_username: str = Field("", description="User for `SASL_…`.")
    sasl_password: SecretStr = Field(SecretStr(""), description="Password for `SASL_…`; preferably a secret file.")
    ssl_cafile: Path | None = Field(
        None, description="PEM file of the certificate authority; empty: those of the system."
    )
    ssl_certfile: Path | None = Field(None, description="PEM file of the client certificate, for mutual TLS.")
    ssl_keyfile: Path | None = Field(None, description="PEM file of the client certificate's key.")

    @model_validator(mode="after")
    def _complete(self) -> KafkaSettings:
        if self.security_protocol.startswith("SASL") and not (
            self.sasl_username and self.sasl_password.get_secret_value()
        ):
            raise ValueError(f"security_protocol {self.security_protocol} needs sasl_username and sasl_password")
        return self


class PostgresSettings(Section):
    """How to reach PostgreSQL: a DSN or its parts."""

    dsn: SecretStr | None = Field(None, description="`postgresql://…`; takes precedence over the parts below.")
    host: str = Field("localhost", description="Host name, or the directory of a Unix socket.")
    port: int = Field(5432, ge=1, le=65535, description="Port.")
    user: str = Field("quotewire", description="Role.")
    password: SecretStr | None = Field(None, description="Password; preferably a secret file.")
    database: str = Field("quotewire", description="Database.")

    @field_validator("dsn")
    @classmethod
    def _is_connection_string(cls, dsn: SecretStr | None) -> SecretStr | None:
        """Reject here what libpq would repeat in its error message, password included."""
        text = "" if dsn is None else dsn.get_secret_value()
        if dsn is not None and not text.startswith(("postgresql://", "postgres://")) and "=" not in text:
            raise ValueError("not a connection string; write postgresql://user@host:port/database")
        return dsn

    def conninfo(self) -> str:
        """Return a libpq connection string. It contains the password: never log it."""
        if self.dsn is not None:
            return self.dsn.get_secret_value()
        parts = {"host": self.host, "port": str(self.port), "user": self.user, "dbname": self.database}
        if self.password is not None:
            parts["password"] = self.password.get_secret_value()
        return " ".join(f"{name}='{_escaped(value)}'" for name, value in parts.items())


class HttpSettings(Section):
    """Where `/metrics`, `/live` and `/ready` are served."""

    host: str = Field("127.0.0.1", description="Address to listen on; `0.0.0.0` in a container.")
    port: int = Field(9400, ge=0, le=65535, description="Port; 0: any free port, which the log names.")


class LogSettings(Section):
    """Level and format of the log."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level to log.")
    format: Literal["auto", "json", "console"] = Field("auto", description="`auto`: console on a terminal, else JSON.")


class EngineSettings(Section):
    """How a stage batches, joins its consumer group, stops and pauses."""

    batch_articles: int = Field(64, ge=1, le=1000, description="Maximum number of articles in a batch.")
    batch_bytes: int = Field(
        4 * 2**20, ge=1, description="Maximum bytes of a batch; a single larger article is a batch of its own."
    )
    batches_at_once: int = Field(
        1,
        ge=1,
        le=64,
        description="Batches handled at a time: later ones are handled while the first waits for its slowest article. "
        "They are produced and acknowledged in order.",
    )
    batch_wait_s: float = Field(
        0.01,
        ge=0,
        le=5,
        description="Seconds to wait for more after the first article of a batch.",
    )
    buffer_articles: int = Field(
        128, ge=1, description="Articles read ahead; this number times the longest article limits the memory."
    )
    instance_id: str = Field(
        "",
        description="Name of this replica, the same after a restart: it then gets its partitions back at once.",
    )
    session_timeout_s: float = Field(
        10, ge=6, le=40, description="Seconds after which the partitions of a killed replica are assigned to others."
    )
    rebalance_timeout_s: float = Field(
        60,
        ge=10,
        description="Seconds a rebalance waits for replicas that finish active batches: no batch may take longer.",
    )
    commit_interval_s: float = Field(
        1,
        gt=0,
        description="Seconds between commits; records acknowledged since the last one come again after a kill.",
    )
    shutdown_grace_s: float = Field(
        25,
        gt=0,
        description="Seconds to stop in, after which the process exits; must be below the supervisor's limit.",
    )
    stall_s: float = Field(
        120, gt=0, description="Seconds with lag and without progress after which the process exits, to be restarted."
    )
    dead_letters_in_a_row: int = Field(
        50,
        ge=1,
        description="Dead letters in a row at which the stage pauses: the cause is hardly in the articles.",
    )
    dead_letter_ratio: float = Field(
        0.5,
        gt=0,
        le=1,
        description="Ratio of dead letters in the last `dead_letter_window` at which the stage pauses.",
    )
    dead_letter_window: int = Field(500, ge=10, description="Number of articles for `dead_letter_ratio`.")


class ServiceSettings(BaseSettings):
    """Settings of every service. A service's ``Settings`` adds its own sections."""

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
        """Return the sources in order of precedence: arguments, environment, secret files."""
        if not SECRETS_DIR.is_dir():
            return init_settings, env_settings
        secrets = NestedSecretsSettingsSource(
            file_secret_settings, secrets_dir=SECRETS_DIR, secrets_nested_delimiter=DELIMITER
        )
        return init_settings, env_settings, secrets


class StageSettings(ServiceSettings):
    """Settings of a stage."""

    engine: EngineSettings = EngineSettings()


Settings = TypeVar("Settings", bound=BaseSettings)


def load(settings: type[Settings]) -> Settings:
    """Load settings from the environment and, for a service, from secret files.

    Raises:
        SettingsError: the message names the variable and what is wrong with it, never its value.
    """
    try:
        return settings()
    except ValidationError as error:
        raise SettingsError(describe_error(settings, error)) from None
    except SourceError:
        raise SettingsError(f"{find_invalid_json(settings)}: not JSON") from None


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
