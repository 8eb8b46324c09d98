"""Records of every release are read by today's code, and today's records by the code of every release."""

import importlib.util
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import quotewire_schemas
from compatibility import HERE, changes, releases, schema_changes, topic_changes
from kit.random_records import RandomRecords

RECORDS = ("Article", "EnrichedArticle", "Quote", "QuotesVoided")
GENERATED = 1000
PER_RECORD = GENERATED // len(RECORDS)
RELEASES = releases()


@pytest.fixture(scope="module", params=RELEASES, ids=[release.name for release in RELEASES])
def release(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


@pytest.fixture(scope="module")
def released(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package of a release, from its wheel, under a name of its own."""
    name = f"quotewire_schemas_{release.name.replace('.', '_')}"
    folder = tmp_path_factory.mktemp(name)
    zipfile.ZipFile(next(release.glob("*.whl"))).extractall(folder)
    package = folder / "quotewire_schemas"
    spec = importlib.util.spec_from_file_location(
        name, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    for loaded in [key for key in sys.modules if key.partition(".")[0] == name]:
        del sys.modules[loaded]


def examples(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name of the record and the value of each example in a folder."""
    by_type = {
        "article": "Article",
        "article.enriched": "EnrichedArticle",
        "quote": "Quote",
        "quotes.voided": "QuotesVoided",
    }
    for path in sorted((folder / "examples").glob("*/*.json")):
        value = path.read_bytes()
        yield by_type[json.loads(value)["type"]], value


def generated(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name of the record and the value of each generated record of the schemas in a folder."""
    for seed, name in enumerate(RECORDS):
        made = RandomRecords(json.loads((folder / "json" / f"{name}.schema.json").read_text("utf-8")), seed)
        for _ in range(PER_RECORD):
            yield name, made.record()


def lost(sent: Any, read: Any) -> list[str]:
    """Name what a reader that passes a record on has dropped or changed."""
    if isinstance(sent, dict) and isinstance(read, dict):
        return [
            f"{key}{part}" for key in sent for part in (lost(sent[key], read[key]) if key in read else [" is gone"])
        ]
    if isinstance(sent, list) and isinstance(read, list) and len(sent) == len(read):
        return [f"[]{part}" for one, other in zip(sent, read, strict=True) for part in lost(one, other)]
    return [] if sent == read else [f": {sent!r} became {read!r}"]


def reads(code: ModuleType, name: str, value: bytes) -> None:
    read = code.decode(getattr(code, name), value)
    assert lost(json.loads(value), json.loads(code.encode(read))) == [], f"{name}: {value.decode()}"


@pytest.mark.parametrize("records", [examples, generated])
def test_records_of_a_release_are_read_by_todays_code(release: Path, records: Any) -> None:
    for name, value in records(release):
        reads(quotewire_schemas, name, value)


@pytest.mark.parametrize("records", [examples, generated])
def test_todays_records_are_read_by_the_code_of_a_release(released: ModuleType, records: Any) -> None:
    for name, value in records(HERE):
        reads(released, name, value)


def test_nothing_since_a_release_breaks_its_readers_or_writers(release: Path) -> None:
    assert [str(change) for change in changes(release) if change.breaks] == []


def test_a_release_is_never_changed(release: Path) -> None:
    wheel = zipfile.ZipFile(next(release.glob("*.whl")))
    for kind in ("json", "examples", "topics"):
        inside = {
            name.partition("/_data/")[2]: wheel.read(name)
            for name in wheel.namelist()
            if f"/_data/{kind}/" in name and not name.endswith(".md")
        }
        files = [path for path in (release / kind).rglob("*") if path.is_file()]
        assert {path.relative_to(release).as_posix(): path.read_bytes() for path in files} == inside
        assert inside


OLD = json.loads((HERE / "json" / "Quote.schema.json").read_text("utf-8"))


def altered(field: str, to: Any, required: bool | None = None) -> dict[str, Any]:
    new: dict[str, Any] = json.loads(json.dumps(OLD))
    if to is None:
        del new["properties"][field]
    else:
        new["properties"][field] = to
    names = {*new["required"]} - {field} | ({field} if required else set())
    return new if required is None else new | {"required": sorted(names)}


@pytest.mark.parametrize(
    ("new", "says"),
    [
        (altered("url", None), "BREAKS: Quote.url: removed"),
        (altered("revision", {"type": "string"}), "BREAKS: Quote.revision: type"),
        (altered("revision", {"type": "integer", "minimum": 2}), "BREAKS: Quote.revision: minimum"),
        (altered("url", OLD["properties"]["url"], required=True), "BREAKS: Quote.url: became required"),
        (altered("content", OLD["properties"]["content"], required=False), "BREAKS: Quote.content: became optional"),
        (altered("mood", {"type": "string"}, required=True), "BREAKS: Quote.mood: became required"),
        (altered("mood", {"type": "string"}), "added: Quote.mood: field"),
        (
            altered("kind", {"anyOf": [{"enum": ["direct"]}, {"type": "string"}]}),
            "BREAKS: Quote.kind: member indirect removed",
        ),
    ],
)
def test_a_change_is_named(new: dict[str, Any], says: str) -> None:
    assert any(str(change).startswith(says) for change in schema_changes(OLD, new, "Quote"))


def test_prose_and_names_of_classes_are_no_change() -> None:
    text = json.dumps(OLD).replace('"Cue"', '"Announcement"').replace("$defs/Cue", "$defs/Announcement")
    new = json.loads(text) | {"description": "Other words."}
    assert list(schema_changes(OLD, new, "Quote")) == []


def test_a_topic_keeps_its_partitions_and_records() -> None:
    topic = {"name": "t", "records": ["Quote"], "partitions": 12, "config": {"max.message.bytes": 100}}
    worse = {"name": "t", "records": ["Article"], "partitions": 24, "config": {"max.message.bytes": 90}}
    assert [change.text for change in topic_changes(topic, worse) if change.breaks] == [
        "record Quote removed",
        "partitions was 12, is 24",
        "max.message.bytes was larger",
    ]
    assert [change.breaks for change in topic_changes(topic, None)] == [True]
