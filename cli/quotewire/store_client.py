"""What the verbs that query the store share: the connection, times and names as people write them, the output."""

import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

import psycopg
from pydantic import BaseModel

from quotewire.local.home import running_stream
from quotewire.output import OutputFormat, print_rows
from quotewire_runtime.config.settings import PostgresSettings, ServiceSettings, load
from quotewire_runtime.errors import QuotewireError, UsageError
from quotewire_runtime.postgres.errors import DatabaseUnavailable, Failure, classify, first_line
from quotewire_store.queries import Connection

STATEMENT_TIMEOUT_S = 60  # a query that searches the text of a million articles takes tens of seconds

Row = TypeVar("Row", bound=BaseModel)

_AGO = re.compile(r"(\d{1,5})\s*(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class StoreSettings(ServiceSettings):
    """The PostgreSQL of the environment, if it names one."""

    postgres: PostgresSettings | None = None


def conninfo(home: Path | None) -> str:
    """The PostgreSQL of the home, else that of the environment, else that of the default home.

    Raises NoStreamRunning when there is none.
    """
    if home is None and (given := load(StoreSettings).postgres) is not None:
        return given.conninfo()
    return running_stream(home).addresses()[1]


@contextmanager
def connect_store(home: Path | None) -> Iterator[Connection]:
    """Connect for reading. Raises DatabaseUnavailable, or QuotewireError with PostgreSQL's message."""
    try:
        with psycopg.connect(conninfo(home), autocommit=True, connect_timeout=5) as connection:
            connection.execute("SET default_transaction_read_only = on")
            connection.execute("SET timezone = 'UTC'")
            connection.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT_S}s'".encode())
            yield connection
    except psycopg.errors.UndefinedTable:
        raise QuotewireError("the database holds no tables of ours yet: run `quotewire migrate`") from None
    except psycopg.errors.QueryCanceled:
        limit = f"{STATEMENT_TIMEOUT_S} s"
        raise QuotewireError(f"no answer within {limit}: narrow it down with --since or --outlet") from None
    except psycopg.Error as error:
        if classify(error) is Failure.UNAVAILABLE:
            raise DatabaseUnavailable(f"PostgreSQL does not answer: {first_line(error)}") from None
        raise QuotewireError(f"PostgreSQL: {first_line(error)}") from None


def parse_time(given: str | None, option: str, *, end: bool = False, now: datetime | None = None) -> datetime | None:
    """Parse `2026-03-01`, `2026-03-01T12:00`, `today`, `yesterday`, `36h`, `7d` or `2w` (ago); UTC without a zone.

    A day means its beginning, with `end` its end. Raises UsageError that names the `option`.
    """
    if given is None:
        return None
    now = now or datetime.now(UTC)
    text = given.strip().lower()
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
        parsed = datetime.fromisoformat(given.strip())
    except ValueError:
        raise UsageError(f"{option} {given!r}: write 2026-03-01, 2026-03-01T12:00, yesterday, 36h or 7d") from None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)


def fold_name(name: str | None) -> str | None:
    """Fold a name as the annotator does; None without the annotator (the store alone may be installed)."""
    if name is None or importlib.util.find_spec("quotewire_extract") is None:
        return None
    from quotewire_names.name_key import name_key

    return name_key(name) or None


def print_newest(
    rows: Sequence[Row],
    output: OutputFormat,
    noun: str,
    fields: Sequence[str],
    table_row: Callable[[Row], dict[str, object]],
    *,
    limit: int,
    widths: Mapping[str, int],
) -> None:
    """Print what a query found: `fields` for programs, `table_row` for people, who are also told of the `limit`."""
    if output is not OutputFormat.TABLE:
        print_rows([row.model_dump(include=set(fields), mode="json") for row in rows], fields, output)
        return
    if not rows:
        print(f"no stored {noun} matches; try fewer options", file=sys.stderr)
        return
    table = [table_row(row) for row in rows]
    print_rows(table, list(table[0]), output, widths=widths)
    if len(rows) == limit:
        print(f"the newest {limit}; there may be more: --limit N", file=sys.stderr)
