"""The table of SQLSTATEs: which errors reject a record, which are retried, which end the process."""

import psycopg
import pytest

from quotewire_runtime.postgres.errors import (
    SQLSTATES,
    DatabaseUnavailable,
    Failure,
    TransactionConflict,
    ValuesRejected,
    classify,
    translated,
)

EXAMPLES = {
    Failure.REJECTED: ["22003", "22021", "22P05", "23505", "23514", "54000"],
    Failure.CONFLICT: ["40001", "40P01"],
    Failure.UNAVAILABLE: [
        "08006", "53100", "53200", "53300", "57014", "57P01", "57P03", "58030", "55P03", "25006", "25P03", "28P01",
        "3D000",
    ],
    Failure.DEFECT: ["42P01", "42501", "XX000", "P0001", "0A000", "25001", "55006", "3F000"],
}  # fmt: skip


@pytest.mark.parametrize(("state", "failure"), [(state, kind) for kind, states in EXAMPLES.items() for state in states])
def test_an_error_of_the_server_is_classified_by_its_sqlstate(state: str, failure: Failure) -> None:
    assert classify(psycopg.errors.lookup(state)("as asked")) is failure


def test_every_line_of_the_table_has_an_example() -> None:
    examples = [state for states in EXAMPLES.values() for state in states]
    assert [prefix for prefix in SQLSTATES if not any(state.startswith(prefix) for state in examples)] == []


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"), Failure.REJECTED),
        (psycopg.OperationalError("connection refused"), Failure.UNAVAILABLE),
        (psycopg.InterfaceError("the connection is closed"), Failure.UNAVAILABLE),
        (psycopg.DatabaseError("a result without a state"), Failure.UNAVAILABLE),
        (psycopg.ProgrammingError("the query has 2 placeholders but 1 parameters were passed"), Failure.DEFECT),
        (psycopg.NotSupportedError("not in this version"), Failure.DEFECT),
    ],
)
def test_an_error_of_the_client_library_is_classified_by_its_type(error: psycopg.Error, failure: Failure) -> None:
    assert classify(error) is failure


@pytest.mark.parametrize(
    ("state", "expected", "message"),
    [
        ("22003", ValuesRejected, "^out of range$"),
        ("40001", TransactionConflict, "^PostgreSQL at a:1: out of range$"),
        ("57P03", DatabaseUnavailable, "^PostgreSQL at a:1: out of range$"),
        ("42P01", psycopg.errors.UndefinedTable, "^out of range\nDETAIL"),
    ],
)
def test_what_callers_handle_is_raised_in_its_place(state: str, expected: type[Exception], message: str) -> None:
    error = psycopg.errors.lookup(state)("out of range\nDETAIL: a long text")
    with pytest.raises(expected, match=message) as caught, translated("PostgreSQL at a:1"):
        raise error
    assert type(caught.value) is expected
    assert caught.value is error or caught.value.__cause__ is error


def test_a_conflict_is_retried_sooner() -> None:
    assert TransactionConflict("").retry_after_s < DatabaseUnavailable("").retry_after_s
