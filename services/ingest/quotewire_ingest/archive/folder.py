"""An archive folder: its files, and its identity, an id in a file of its own.

Rows name the folder by this id, so that only a replica that has the folder takes over what is to be destroyed in it,
wherever the folder is mounted.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

ID_FILE = "folder-id"
SEARCHES_FILE = "orphan-searches"


def segments(folder: Path) -> list[str]:
    """Return the names of the archive's files in a folder."""
    return sorted(path.name for path in folder.glob("quotewire-*.warc.gz"))


def folder_id(folder: Path) -> str:
    """Return the id of a folder, made where it has none; replicas that share the folder get the same.

    Raises ``OSError``, also where the file holds no id: with another one nobody would own what is in the folder.
    """
    path = folder / ID_FILE
    if not path.exists():
        _make(path)
    try:
        return str(uuid.UUID(path.read_text("ascii").strip()))
    except ValueError as error:
        raise OSError(None, f"{ID_FILE} holds no id") from error


def read_searches(folder: Path) -> int:
    """Return how often this folder was searched for orphans, as it knows itself. Raises ``OSError``."""
    path = folder / SEARCHES_FILE
    try:
        return int(path.read_text("ascii")) if path.exists() else 0
    except ValueError as error:
        raise OSError(None, f"{SEARCHES_FILE} holds no number") from error


def write_searches(folder: Path, searches: int) -> None:
    """Write down how often this folder was searched for orphans. Raises ``OSError``."""
    _draft(folder / SEARCHES_FILE, str(searches)).replace(folder / SEARCHES_FILE)


def _make(path: Path) -> None:
    """Write a new id under another name, and link it: whoever comes second keeps what the first one wrote."""
    draft = _draft(path, str(uuid.uuid4()))
    try:
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            if not path.exists():
                draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def _draft(path: Path, content: str) -> Path:
    """Write a file beside another one, on the disk, under a name of its own."""
    draft = path.with_name(f".{path.name}-{os.getpid()}-{uuid.uuid4().hex}")
    with draft.open("x", encoding="ascii") as file:
        file.write(f"{content}\n")
        file.flush()
        os.fsync(file.fileno())
    return draft
