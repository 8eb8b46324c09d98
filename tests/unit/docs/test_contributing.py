"""CONTRIBUTING.md names only files and folders that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
TOPS = {path.name for path in ROOT.iterdir()}
INGEST = ROOT / "services" / "ingest" / "quotewire_ingest"
PATHS = sorted(
    path
    for path in re.findall(r"`([\w./*-]+/[\w./*-]*|[\w-]+\.md|pyproject\.toml)`", TEXT)
    if path.partition("/")[0] in TOPS and "*" not in path and path != "services/x"
)


@pytest.mark.parametrize("path", PATHS)
def test_a_named_path_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_modules_for_a_new_source_kind_exist() -> None:
    section = TEXT.partition("**a source kind**")[2].partition("**a pipeline")[0]
    names = [name for name in re.findall(r"`((?:\w+/)?\w+\.py)`", section) if not name.startswith("services")]
    assert names
    assert [name for name in names if not (INGEST / name).is_file()] == []


def test_the_layout_names_every_package_and_its_folders() -> None:
    layout = TEXT.partition("## The layout")[2].partition("## Rules")[0]
    packages = [path for path in (ROOT / "services").glob("*/quotewire_*") if path.is_dir()]
    assert [path.name for path in packages if path.name not in layout] == []
    missing = [
        folder.relative_to(ROOT).as_posix()
        for package in packages
        for folder in package.iterdir()
        if (folder / "__init__.py").exists() and f"{folder.name}/" not in layout
    ]
    assert set(missing) <= {path for path in missing if path.endswith(("/migrations", "/word_lists"))}
