"""The wheels hold what we mean to ship, and work in a clean environment in another folder."""

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SHIPPED = {
    "quotewire": {
        "quotewire",
        "quotewire_names",
        "quotewire_runtime",
        "quotewire_ingest",
        "quotewire_extract",
        "quotewire_store",
    },
    "quotewire_schemas": {"quotewire_schemas"},
    "en_wire": {"en_wire"},
}
FOLDERS = {"quotewire": ROOT, "quotewire_schemas": ROOT / "schemas", "en_wire": ROOT / "models" / "en_wire"}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("wheels")
    for folder in FOLDERS.values():
        done = subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, folder],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    return {path.name.split("-")[0]: path for path in out.glob("*.whl")}


@pytest.fixture(scope="module")
def clean(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment in another folder: our wheels, and the dependencies of this environment by path.

    Editable installs do not come along: a ``.pth`` file is not obeyed in a folder that another one names.
    """
    home = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home], check=True)
    python = home / "bin" / "python"
    site = next(home.glob("lib/python*/site-packages"))
    subprocess.run(
        [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--python", str(python)]
        + ["install", "--no-index", "--no-deps", *map(str, wheels.values())],
        check=True,
    )
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", "utf-8")
    return python


def test_each_wheel_holds_exactly_its_packages(wheels: dict[str, Path]) -> None:
    shipped = {
        name: {entry.split("/")[0] for entry in zipfile.ZipFile(path).namelist() if ".dist-info/" not in entry}
        for name, path in wheels.items()
    }
    assert shipped == SHIPPED


def test_the_contract_brings_schemas_topics_and_examples(wheels: dict[str, Path]) -> None:
    names = set(zipfile.ZipFile(wheels["quotewire_schemas"]).namelist())
    for path in [*(ROOT / "schemas" / "json").glob("*.json"), *(ROOT / "schemas" / "examples").glob("*/*.json")]:
        assert f"quotewire_schemas/_data/{path.relative_to(ROOT / 'schemas')}" in names


def test_the_command_runs_from_the_wheels(clean: Path, tmp_path: Path) -> None:
    done = subprocess.run([clean.parent / "quotewire", "--help"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "annotate" in done.stdout


def test_the_code_is_the_wheels_own(clean: Path, tmp_path: Path) -> None:
    packages = sorted(set().union(*SHIPPED.values()))
    show = f"import importlib; print(*[importlib.import_module(name).__file__ for name in {packages}])"
    done = subprocess.run([clean, "-c", show], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert all(file.startswith(str(clean.parents[1])) for file in done.stdout.split())


def test_the_contract_needs_pydantic_alone(wheels: dict[str, Path]) -> None:
    archive = zipfile.ZipFile(wheels["quotewire_schemas"])
    metadata = next(name for name in archive.namelist() if name.endswith("/METADATA"))
    needs = [line for line in archive.read(metadata).decode().splitlines() if line.startswith("Requires-Dist:")]
    assert [need.split()[1].split(">")[0] for need in needs] == ["pydantic"]


def test_the_contract_reads_its_data_from_the_wheel(clean: Path, tmp_path: Path) -> None:
    code = (
        "from quotewire_schemas.topics import examples, json_schema, specs;"
        "print(len(specs()), len(json_schema('Quote')) > 100, len(list(examples('news.quote.v1'))))"
    )
    done = subprocess.run([clean, "-c", code], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    count, has_schema, quotes = done.stdout.split()
    assert (int(count) >= 5, has_schema, int(quotes) >= 5) == (True, "True", True)


def test_the_lock_names_no_index_and_pins_by_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in lock
    pins = [line for line in lock.splitlines() if line and line[0] not in " #-"]
    assert pins
    assert all("==" in line and line.endswith("\\") for line in pins)
