"""Settings of the store, loaded once in `__main__`."""

from __future__ import annotations

from quotewire_runtime.config.settings import PostgresSettings, StageSettings


class Settings(StageSettings):
    """Kafka, health, logs and engine, as in every stage, and PostgreSQL."""

    postgres: PostgresSettings = PostgresSettings()
