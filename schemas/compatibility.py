"""Compare the schemas and topics with every release in schemas/released/.

python schemas/compatibility.py    name every change since each release, leave with 1 if one of them breaks

Within v1 a field may be added if it is optional, and an enum member may be added. Anything else breaks a reader or a
writer of the release: a field that is removed, gets another type or other limits, becomes required or optional.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
RELEASED = HERE / "released"
PROSE = {"title", "description", "default", "examples", "$schema"}
FIXED_TOPIC_SETTINGS = ("partitions", "dead_letters_of")


@dataclass(frozen=True)
class Change:
    """One difference between a release and now."""

    path: str
    text: str
    breaks: bool

    def __str__(self) -> str:
        return f"{'BREAKS' if self.breaks else 'added'}: {self.path}: {self.text}"


def releases() -> list[Path]:
    """The folders of all releases, oldest first."""
    return sorted(RELEASED.iterdir(), key=lambda folder: [int(part) for part in folder.name.split(".")])


def schema_changes(old: dict[str, Any], new: dict[str, Any], path: str) -> Iterator[Change]:
    """Compare two JSON Schemas of one record."""
    yield from _compare(_resolved(old, old), _resolved(new, new), path)


def _resolved(node: Any, root: dict[str, Any]) -> Any:
    """Put definitions in the place of references and leave out prose, so that a renamed class is no change."""
    if isinstance(node, list):
        return [_resolved(part, root) for part in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _resolved(root["$defs"][str(node["$ref"]).rsplit("/", 1)[-1]], root)
    kept = {key: value for key, value in node.items() if key not in PROSE and key not in ("$defs", "properties")}
    plain = {key: _resolved(value, root) for key, value in kept.items()}
    if "properties" in node:  # field names, which may be words like `title`
        plain["properties"] = {name: _resolved(field, root) for name, field in node["properties"].items()}
    return plain


def _compare(old: Any, new: Any, path: str) -> Iterator[Change]:
    if not (isinstance(old, dict) and isinstance(new, dict)):
        if old != new:
            yield Change(path, f"was {json.dumps(old)}, is {json.dumps(new)}", breaks=True)
        return
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if key == "properties":
            yield from _fields(before or {}, after or {}, path)
        elif key == "required":
            yield from _required(set(before or []), set(after or []), path)
        elif key == "enum":
            yield from _members(before or [], after or [], path)
        elif key in ("anyOf", "prefixItems") and before and after and len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from _compare(one, other, path)
        elif key == "items":
            yield from _compare(before, after, f"{path}[]")
        elif before != after:
            yield Change(path, f"{key} was {json.dumps(before)}, is {json.dumps(after)}", breaks=True)


def _fields(old: dict[str, Any], new: dict[str, Any], path: str) -> Iterator[Change]:
    for name in old.keys() - new.keys():
        yield Change(f"{path}.{name}", "removed", breaks=True)
    for name in new.keys() - old.keys():
        yield Change(f"{path}.{name}", "field", breaks=False)
    for name in old.keys() & new.keys():
        yield from _compare(old[name], new[name], f"{path}.{name}")


def _required(old: set[str], new: set[str], path: str) -> Iterator[Change]:
    for name in new - old:
        yield Change(f"{path}.{name}", "became required: records of the release lack it", breaks=True)
    for name in old - new:
        yield Change(f"{path}.{name}", "became optional: readers of the release need it", breaks=True)


def _members(old: list[str], new: list[str], path: str) -> Iterator[Change]:
    for member in sorted({*old} - {*new}):
        yield Change(path, f"member {member} removed", breaks=True)
    for member in sorted({*new} - {*old}):
        yield Change(path, f"member {member}", breaks=False)


def topic_changes(old: dict[str, Any], new: dict[str, Any] | None) -> Iterator[Change]:
    """Compare two definitions of one topic."""
    path = old["name"]
    if new is None:
        yield Change(path, "removed", breaks=True)
        return
    for record in sorted({*old["records"]} ^ {*new["records"]}):
        added = record in new["records"]
        yield Change(path, f"record {record}" + ("" if added else " removed"), breaks=not added)
    for key in FIXED_TOPIC_SETTINGS:
        if old.get(key) != new.get(key):
            yield Change(path, f"{key} was {old.get(key)}, is {new.get(key)}", breaks=True)
    if new["config"]["max.message.bytes"] < old["config"]["max.message.bytes"]:
        yield Change(path, "max.message.bytes was larger", breaks=True)


def changes(release: Path) -> list[Change]:
    """Compare a release with the present files."""
    found: list[Change] = []
    for path in sorted((release / "json").glob("*.json")):
        name, now = path.name.partition(".")[0], HERE / "json" / path.name
        if now.exists():
            found += schema_changes(json.loads(path.read_text("utf-8")), json.loads(now.read_text("utf-8")), name)
        else:
            found.append(Change(name, "removed", breaks=True))
    for path in sorted((release / "topics").glob("*.yaml")):
        now = HERE / "topics" / path.name
        present = yaml.safe_load(now.read_text("utf-8")) if now.exists() else None
        found += topic_changes(yaml.safe_load(path.read_text("utf-8")), present)
    return found


def main() -> int:
    found = [(release.name, change) for release in releases() for change in changes(release)]
    for version, change in found:
        print(f"since {version}: {change}")
    return int(any(change.breaks for _, change in found))


if __name__ == "__main__":
    sys.exit(main())
