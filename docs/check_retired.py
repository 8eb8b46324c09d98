"""Fail where an identifier that was replaced comes back. The table is docs/decisions/retired-identifiers.md.

python docs/check_retired.py    name every place, leave with 1 if there is one
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path("docs/decisions/retired-identifiers.md")

SEARCHED = (
    "*.py",
    "*.md",
    "*.toml",
    "*.yml",
    "*.yaml",
    "*.json",
    "*.sql",
    "*.sh",
    "*.txt",
    "Makefile",
    "Dockerfile",
    ".ci/run",
)
TOP = ("benchmarks", "cli", "docs", "models", "ops", "schemas", "services", "tests")
HISTORY = ("CHANGELOG.md", "docs/decisions/0015-one-house.md", str(TABLE))
"""They tell what things were called before."""

FROZEN = ROOT / "schemas" / "released"
"""Releases are never changed."""

KINDS = ("module", "class", "function", "constant", "log event")
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log"}

_ROW = re.compile(r"^\| `([^`|]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_EXEMPT = re.compile(r"^\| (`[^|]+`) \| [^|]+ \|$", re.MULTILINE)
_CODE = re.compile(r"`+([^`\n]+)`+")
_EVENT = re.compile(r'"event": ?"([^"\n]+)"')
_DOTTED = re.compile(r"[A-Za-z_][\w.:]*[.:]\w+")


@dataclass(frozen=True)
class Retired:
    """One row of the table."""

    old: str
    new: str
    kind: str
    where: str
    """``everywhere``, or the folder in which the name may not come back: elsewhere it means another thing."""


@dataclass(frozen=True)
class Table:
    """The table of retired identifiers, by the way they are looked for."""

    modules: dict[str, Retired]
    names: dict[str, list[Retired]]
    events: dict[str, Retired]
    files: dict[str, Retired]
    """Modules by the name of their file, where no file of the tree has that name."""
    exempt: frozenset[str]

    @classmethod
    def read(cls, text: str, present: Collection[str] = ()) -> Table:
        """Read the tables of the page; ``present`` are the names of the tree's files.

        Raises:
            ValueError: a row has an unknown kind, stands twice or names an interface.
        """
        rows = [Retired(*(cell.strip() for cell in row)) for row in _ROW.findall(text)]
        exempt = frozenset(name for names in _EXEMPT.findall(text) for name in _CODE.findall(names))
        seen: set[tuple[str, str, str]] = set()
        for row in rows:
            if row.kind not in KINDS:
                raise ValueError(f"{row.old}: {row.kind!r} is no kind, but one of {', '.join(KINDS)} is")
            if row.old in exempt:
                raise ValueError(f"{row.old}: an interface keeps its name")
            if (key := (row.old, row.kind, row.where)) in seen:
                raise ValueError(f"{row.old}: stands twice")
            seen.add(key)
        names: dict[str, list[Retired]] = {}
        for row in rows:
            if row.kind in ("class", "function", "constant"):
                names.setdefault(row.old, []).append(row)
        return cls(
            modules={row.old: row for row in rows if row.kind == "module"},
            names=names,
            events={row.old: row for row in rows if row.kind == "log event"},
            files={name: row for row in rows if row.kind == "module" and (name := _file(row.old)) not in present},
            exempt=exempt,
        )

    def module(self, dotted: str) -> Retired | None:
        """Find the row that forbids a module, or the module of an attribute."""
        parts = dotted.split(".")
        rows = (self.modules.get(".".join(parts[:end])) for end in range(len(parts), 1, -1))
        return next(filter(None, rows), None)

    def name(self, name: str, path: str) -> Retired | None:
        """Find the row that forbids an identifier in a file."""
        for row in self.names.get(name, ()):
            if row.where == "everywhere" or f"/{row.where}/" in f"/{path}":
                return row
        return None


def found(table: Table, path: str, text: str) -> Iterator[tuple[int, Retired]]:
    """Yield line and row of every retired identifier in a file."""
    yield from _paths(table, text)
    yield from _quoted(table, path, text)
    if path.endswith(".py"):
        yield from _code(table, path, text)


def _paths(table: Table, text: str) -> Iterator[tuple[int, Retired]]:
    """Dotted names and file names of modules, wherever they stand."""
    packages = "|".join(sorted({name.split(".")[0] for name in table.modules}))
    for match in re.finditer(rf"\b(?:{packages})(?:[./]\w+)+", text) if packages else ():
        path = match[0]
        if "/" in path and not path.endswith(".py"):
            continue  # a folder or a data file
        if row := table.module(path.removesuffix(".py").replace("/", ".")):
            yield _line(text, match.start()), row


def _quoted(table: Table, path: str, text: str) -> Iterator[tuple[int, Retired]]:
    """Identifiers and log events between backticks, and events in lines of a log."""
    for match in _CODE.finditer(text):
        line = _line(text, match.start())
        if " " in match[1] and (row := table.events.get(match[1])):
            yield line, row
        if row := table.files.get(match[1].rpartition("/")[2]):
            yield line, row
        for name in re.findall(r"[A-Za-z_]\w*", match[1]):
            if row := table.name(name, path):
                yield line, row
    for match in _EVENT.finditer(text):
        if row := table.events.get(match[1]):
            yield _line(text, match.start()), row


def _file(module: str) -> str:
    return module.rpartition(".")[2] + ".py"


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _code(table: Table, path: str, text: str) -> Iterator[tuple[int, Retired]]:
    """Identifiers, imports of modules and log events in Python."""
    for node in ast.walk(ast.parse(text, path)):
        line = getattr(node, "lineno", 1)
        for name in _names(node):
            if row := table.name(name, path):
                yield line, row
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if row := table.module(f"{node.module}.{alias.name}"):
                    yield line, row
        for event in _events(node):
            if row := table.events.get(event):
                yield line, row


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.alias(name=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.keyword(arg=str(name)):
            yield name
        case ast.Constant(value=str(value)) if _DOTTED.fullmatch(value):
            yield from re.split(r"[.:]", value)


def _events(node: ast.AST) -> Iterator[str]:
    """Log events: what a logger is called with or a test compares with; of several words, any such string."""
    match node:
        case ast.Call(func=ast.Attribute(attr=method), args=[first, *_]) if method in LOG_METHODS:
            options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
            yield from (
                part.value for part in options if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
        case ast.Compare(
            left=ast.Subscript(slice=ast.Constant(value="event")), comparators=[ast.Constant(value=str(value))]
        ):
            yield value
        case ast.Constant(value=str(value)) if " " in value:
            yield value


def files(root: Path) -> Iterator[Path]:
    """Yield every file of the tree that is searched, but those that tell the history."""
    history = {root / name for name in HISTORY}
    for base in [root, *(root / top for top in TOP)]:
        for pattern in SEARCHED:
            for path in sorted(base.glob(pattern) if base == root else base.rglob(pattern)):
                if (
                    path not in history
                    and FROZEN not in path.parents
                    and not any(part.startswith(".") for part in path.relative_to(base).parts[:-1])
                ):
                    yield path


def main() -> int:
    """Search the tree."""
    searched = list(files(ROOT))
    table = Table.read((ROOT / TABLE).read_text("utf-8"), {path.name for path in searched})
    complaints = []
    for path in searched:
        name = path.relative_to(ROOT).as_posix()
        places = {(line, row.old, row.new) for line, row in found(table, name, path.read_text("utf-8"))}
        places |= {(1, row.old, row.new) for _, row in _paths(table, name)}
        complaints += [f"{name}:{line}: {old} is now {new}" for line, old, new in sorted(places)]
    print(*complaints, sep="\n", end="\n" if complaints else "")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
