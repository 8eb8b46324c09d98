"""The migrations of the services that are installed."""

import importlib.util

PACKAGES = {"ingest": "quotewire_ingest", "news": "quotewire_store"}
"""Each schema, and the package of the service that owns it."""


def apply_migrations(dsn: str) -> dict[str, list[str] | None]:
    """Apply what is missing; return for each schema what was applied, or None where its service is not installed."""
    from quotewire_runtime.postgres.migrations import migrate_now

    return {
        schema: migrate_now(dsn, f"{package}.migrations", schema=schema) if importlib.util.find_spec(package) else None
        for schema, package in PACKAGES.items()
    }
