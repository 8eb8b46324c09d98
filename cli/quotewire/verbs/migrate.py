"""`quotewire migrate`."""

from quotewire.migrations import PACKAGES, apply_migrations
from quotewire.options import HomeOption
from quotewire.store_client import conninfo
from quotewire.verb_group import VerbCommand, new_app

app = new_app()


@app.command(cls=VerbCommand)
def migrate(home: HomeOption = None) -> None:
    """Bring the database up to date: schema `ingest` and schema `news`, as far as their services are installed.

    Harmless when run again, and when run from several places at once: each change is made once.

    Example:
        QUOTEWIRE_POSTGRES__DSN=postgresql://… quotewire migrate
    """
    for schema, applied in apply_migrations(conninfo(home)).items():
        if applied is None:
            print(f"{schema}: {PACKAGES[schema]} is not installed, left alone")
        else:
            print(f"{schema}: {', '.join(applied) or 'up to date'}")
