"""`quotewire migrate`."""

import importlib.util

from quotewire.options import HomeOption
from quotewire.store_client import conninfo
from quotewire_runtime.postgres.migrations import migrate_now

PACKAGES = {"ingest": "quotewire_ingest", "news": "quotewire_store"}
"""Schema and the package whose service owns it."""


def migrate(home: HomeOption = None) -> int:
    """Bring the database up to date: schema `ingest` and schema `news`, as far as their services are installed.

    Harmless when run again, and when run from several places at once: each change is made once.

    Example:
        QUOTEWIRE_POSTGRES__DSN=postgresql://… quotewire migrate
    """
    dsn = conninfo(home)
    for schema, package in PACKAGES.items():
        if importlib.util.find_spec(package) is None:
            print(f"{schema}: {package} is not installed, left alone")
            continue
        applied = migrate_now(dsn, f"{package}.migrations", schema=schema)
        print(f"{schema}: {', '.join(applied) if applied else 'up to date'}")
    return 0
