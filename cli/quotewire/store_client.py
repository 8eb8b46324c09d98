"""What the verbs that query the store share: the connection, the folding of names, the output."""

import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import psycopg
from pydantic import BaseModel

from quotewire.local.home import running_stream
from quotewire.output import OutputFormat, print_rows
from quotewire_runtime.config.settings import PostgresSettings, ServiceSettings, load
from quotewire_runtime.errors import QuotewireError
from quotewire_runtime.postgres.errors import DatabaseUnavailable, Failure, classify, first_line
from quotewire_store.queries import Connection, Filter

STATEMENT_TIMEOUT_S = 60  # a query that searches the text of a million articles takes tens of seconds

Row = TypeVar("Row", bound=BaseModel)
Wanted = TypeVar("Wanted", bound=Filter)


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


def fold_name(name: str | None) -> str | None:
    """Fold a name as the annotator does; None without the annotator (the store alone may be installed)."""
    if name is None or importlib.util.find_spec("quotewire_extract") is None:
        return None
    from quotewire_names import name_key

    return name_key(name) or None


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """How the rows of a query are printed."""

    noun: str
    fields: Sequence[str]
    """The fields that JSON and CSV have."""
    table_row: Callable[[Row], dict[str, object]]
    """Makes the columns of a table of a row."""
    widths: Mapping[str, int]
    """Maximum widths of columns of the table."""


def print_newest(
    home: Path | None,
    find: Callable[[Connection, Wanted], Sequence[Row]],
    wanted: Wanted,
    listing: Listing[Row],
    output: OutputFormat,
) -> None:
    """Ask the store of `home`, and print what it finds; notes about it go to stderr, with a table only."""
    with connect_store(home) as connection:
        rows = find(connection, wanted)
    if output is not OutputFormat.TABLE:
        fields = set(listing.fields)
        print_rows([row.model_dump(include=fields, mode="json") for row in rows], listing.fields, output)
        return
    if not rows:
        print(f"no stored {listing.noun} matches; try fewer options", file=sys.stderr)
        return
    table = [listing.table_row(row) for row in rows]
    print_rows(table, list(table[0]), output, widths=listing.widths)
    if len(rows) == wanted.limit:
        print(f"the newest {wanted.limit}; there may be more: --limit N", file=sys.stderr)
