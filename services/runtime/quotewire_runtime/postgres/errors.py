"""What an error of PostgreSQL means for the record in hand: one table of SQLSTATEs for all services."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import ClassVar, Final

import psycopg

from quotewire_runtime.errors import UnavailableError


class Failure(StrEnum):
    """What the caller does next."""

    REJECTED = "rejected"
    """PostgreSQL never takes these values: give the record up and go on."""
    CONFLICT = "conflict"
    """Another transaction was in the way and has won: repeat at once."""
    UNAVAILABLE = "unavailable"
    """The server or its disk is unavailable: repeat later, as long as it takes."""
    DEFECT = "defect"
    """The program or the schema is wrong: let the error end the process."""


# By the longest prefix of the SQLSTATE, https://www.postgresql.org/docs/18/errcodes-appendix.html; all others are
# defects, for example class 42 (undefined table, insufficient privilege) and XX (internal error).
SQLSTATES: Final = {
    "22": Failure.REJECTED,  # data exception: a number out of range, U+0000 in a text
    "23": Failure.REJECTED,  # a constraint is violated
    "54": Failure.REJECTED,  # a limit of PostgreSQL, such as the size of an index row
    "40": Failure.CONFLICT,  # deadlock, serialization failure
    "08": Failure.UNAVAILABLE,  # connection
    "53": Failure.UNAVAILABLE,  # disk full, out of memory, too many connections
    "57": Failure.UNAVAILABLE,  # shutdown, crash, cannot connect now, cancelled by a timeout
    "58": Failure.UNAVAILABLE,  # input/output errors of the server's system
    "55P03": Failure.UNAVAILABLE,  # lock not available
    "25006": Failure.UNAVAILABLE,  # read-only: a standby that is about to be promoted
    "25P03": Failure.UNAVAILABLE,  # idle in transaction for too long: this process was frozen
    "28": Failure.UNAVAILABLE,  # login rejected: a password that is just being changed
    "3D000": Failure.UNAVAILABLE,  # no such database (yet)
}


class DatabaseUnavailable(UnavailableError):
    """PostgreSQL does not answer, rejects the login, or lacks our tables: wait and try again."""

    retry_after_s: ClassVar[float] = 1.0
    """A restarted PostgreSQL answers within seconds, and one connection attempt a second is no load."""


class TransactionConflict(DatabaseUnavailable):
    """A deadlock or serialization failure. The other transaction has won already, so a short pause is enough."""

    retry_after_s = 0.05


class ValuesRejected(Exception):
    """PostgreSQL does not take these values, today or ever; nothing of the transaction was written."""


def classify(error: psycopg.Error) -> Failure:
    """Say what an error means, by its SQLSTATE, or by its type where the client library raised it."""
    if error.sqlstate is not None:
        prefixes = (error.sqlstate[:length] for length in (5, 2))
        return next((SQLSTATES[prefix] for prefix in prefixes if prefix in SQLSTATES), Failure.DEFECT)
    match error:
        case psycopg.DataError():  # a value that psycopg itself rejects, such as U+0000
            return Failure.REJECTED
        case psycopg.ProgrammingError() | psycopg.NotSupportedError():
            return Failure.DEFECT
        case _:  # the connection is lost, or was never made
            return Failure.UNAVAILABLE


@contextmanager
def translated(server: str) -> Iterator[None]:
    """Raise the exceptions above in place of psycopg's; a defect passes as it is.

    Args:
        server: which PostgreSQL, as the operator knows it: the beginning of each message.
    """
    try:
        yield
    except psycopg.Error as error:
        match classify(error):
            case Failure.REJECTED:
                raise ValuesRejected(error.diag.message_primary or first_line(error)) from error
            case Failure.CONFLICT:
                raise TransactionConflict(f"{server}: {first_line(error)}") from error
            case Failure.UNAVAILABLE:
                raise DatabaseUnavailable(f"{server}: {first_line(error)}") from error
            case Failure.DEFECT:
                raise


def first_line(error: Exception) -> str:
    """Return the first line of an error's message, which never holds the password."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
