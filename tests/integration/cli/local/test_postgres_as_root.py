"""PostgreSQL refuses to run as root; of the two ways round it, each can use a home that was created the other way.

Each also works where the programs and the home lie in a folder that only root may enter, as in a checkout below /root.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from quotewire.local import postgres
from quotewire.local.errors import PartMissing
from quotewire.local.postgres import LocalPostgres, find_postgres, not_as_root

pytestmark = pytest.mark.integration


@pytest.fixture
def private_home(session_folder: Path) -> Iterator[Path]:
    """A home that only its owner can enter."""
    home = Path(tempfile.mkdtemp(dir=session_folder))
    yield home
    shutil.rmtree(home)


@pytest.fixture
def without_namespaces(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A kernel or container that allows no user namespaces."""
    monkeypatch.setattr(postgres, "_IN_NAMESPACE", ("false",))
    not_as_root.cache_clear()
    yield monkeypatch
    not_as_root.cache_clear()


def private_programs(folder: Path) -> Path:
    """The programs by an address that leads through a folder which only its owner can enter."""
    programs = find_postgres()
    (folder / "installed").symlink_to(programs.parent)
    return folder / "installed" / programs.name


def write_and_read(home: Path, session_folder: Path, programs: Path | None = None) -> list[int]:
    """Start the server of a home, add a row, read all rows, stop it."""
    server = LocalPostgres(
        home / "postgres", home=session_folder, log=home / "log", programs=programs or find_postgres(), throwaway=True
    )
    server.prepare()
    server.start()
    try:
        server.wait_ready()
        server.create_database()
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS seen (number integer GENERATED ALWAYS AS IDENTITY)")
            connection.execute("INSERT INTO seen DEFAULT VALUES")
            return [row[0] for row in connection.execute("SELECT number FROM seen ORDER BY number")]
    finally:
        server.stop()


def test_a_home_created_without_namespaces_works_with_them(
    private_home: Path, session_folder: Path, without_namespaces: pytest.MonkeyPatch
) -> None:
    assert (not_as_root()[:1] == ("setpriv",)) == (os.geteuid() == 0)
    assert write_and_read(private_home, session_folder) == [1]
    without_namespaces.undo()
    not_as_root.cache_clear()
    assert write_and_read(private_home, session_folder) == [1, 2]


def test_programs_that_only_root_can_reach_run_with_namespaces(private_home: Path, session_folder: Path) -> None:
    assert write_and_read(private_home, session_folder, private_programs(private_home)) == [1]


def test_programs_that_only_root_can_reach_run_without_namespaces(
    private_home: Path, session_folder: Path, without_namespaces: pytest.MonkeyPatch
) -> None:
    assert write_and_read(private_home, session_folder, private_programs(private_home)) == [1]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")
def test_programs_that_another_user_owns_run_as_nobody(private_home: Path) -> None:
    programs = private_programs(private_home)
    os.chown(private_home, 1, 1)  # in the namespace, root is nobody and may not enter what others own
    assert not_as_root(programs, private_home)[0] == "setpriv"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")
def test_programs_that_nobody_else_can_reach_give_one_clear_line(
    private_home: Path, without_namespaces: pytest.MonkeyPatch
) -> None:
    without_namespaces.setattr(postgres, "_AS_NOBODY", ("setpriv", "--reuid=65534", "--clear-groups", "--"))
    with pytest.raises(PartMissing, match=r"Permission denied\): install quotewire where everybody may enter"):
        not_as_root(private_programs(private_home))


def test_root_that_cannot_become_another_user_gets_one_clear_line(without_namespaces: pytest.MonkeyPatch) -> None:
    without_namespaces.setattr(postgres, "_AS_NOBODY", ("false",))
    without_namespaces.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(PartMissing, match="ordinary user, or set QUOTEWIRE_POSTGRES__DSN"):
        not_as_root()
