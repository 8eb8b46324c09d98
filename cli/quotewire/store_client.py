"""What the verbs that ask the store share: the way to it, moments as people write them, names as it has them."""

import importlib.util
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import psycopg

from quotewire.local.home import Home
from quotewire_runtime.config.settings import PostgresSettings, ServiceSettings, load
from quotewire_runtime.errors import QuotewireError, UsageError
from quotewire_runtime.postgres.errors import DatabaseUnavailable, Failure, classify, first_line
from quotewire_store.queries import Connection

ASKING_S = 60
"""Seconds that a question may take: one that searches the text of a million articles takes tens of them."""

_AGO = re.compile(r"(\d{1,5})\s*(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Asked(ServiceSettings):
    """The environment's PostgreSQL, if it names one."""

    postgres: PostgresSettings | None = None


def conninfo(home: Path | None) -> str:
    """Where the store is: that of the home, else that of the environment, else that of the default home.

    Raises NothingRuns when there is none.
    """
    if home is None and (given := load(Asked).postgres) is not None:
        return given.conninfo()
    found = Home.open(home).postgres
    assert found is not None
    return found


@contextmanager
def store(home: Path | None) -> Iterator[Connection]:
    """Connect for reading. Raises DatabaseUnavailable, or QuotewireError with what PostgreSQL says."""
    try:
        with psycopg.connect(conninfo(home), autocommit=True, connect_timeout=5) as connection:
            connection.execute("SET default_transaction_read_only = on")
            connection.execute("SET timezone = 'UTC'")
            connection.execute(f"SET statement_timeout = '{ASKING_S}s'".encode())
            yield connection
    except psycopg.errors.UndefinedTable:
        raise QuotewireError("the database holds no tables of ours yet: run `quotewire migrate`") from None
    except psycopg.errors.QueryCanceled:
        raise QuotewireError(f"no answer within {ASKING_S} s: narrow it down with --since or --outlet") from None
    except psycopg.Error as error:
        if classify(error) is Failure.UNAVAILABLE:
            raise DatabaseUnavailable(f"PostgreSQL does not answer: {first_line(error)}") from None
        raise QuotewireError(f"PostgreSQL: {first_line(error)}") from None


def moment(words: str | None, option: str, *, end: bool = False, now: datetime | None = None) -> datetime | None:
    """Read `2026-03-01`, `2026-03-01T12:00`, `today`, `yesterday`, `36h`, `7d` or `2w` (ago); UTC without a zone.

    A day means its beginning, and with `end` the end of it. Raises UsageError.
    """
    if words is None:
        return None
    now = now or datetime.now(UTC)
    text = words.strip().lower()
    if match := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[match[2]]: int(match[1])})
    days = {"today": 0, "yesterday": 1}
    try:
        day = now.date() - timedelta(days[text]) if text in days else date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return datetime.combine(day + timedelta(days=1 if end else 0), time(), UTC)
    try:
        found = datetime.fromisoformat(words.strip())
    except ValueError:
        raise UsageError(f"{option} {words!r}: write 2026-03-01, 2026-03-01T12:00, yesterday, 36h or 7d") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def key_of(name: str | None) -> str | None:
    """Fold a name as the annotator does; None without the annotator (the store alone may be installed)."""
    if name is None or importlib.util.find_spec("quotewire_extract") is None:
        return None
    from quotewire_names.name_key import name_key

    return name_key(name) or None
