"""Settings of the store, read once in `__main__`."""

from __future__ import annotations

from quotewire_runtime.config.settings import PostgresSettings, StageSettings


class Settings(StageSettings):
    """Kafka, health, logs and engine as every stage has them, and the database."""

    postgres: PostgresSettings = PostgresSettings()
