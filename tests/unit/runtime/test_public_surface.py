"""Services use the modules that `__all__` names, and importing a package is cheap."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import quotewire_runtime

ROOT = Path(__file__).parents[3]
PACKAGES = [
    f"quotewire_runtime.{name}"
    for name in ("config", "kafka", "observability", "outbox", "postgres", "stage", "workers")
]


def imported_names() -> Iterator[tuple[str, str, str]]:
    """Yield file, package and name of every import from the runtime in the services and the command."""
    files = [path for folder in ("ingest", "extract", "store") for path in (ROOT / "services" / folder).rglob("*.py")]
    for path in [*files, *(ROOT / "cli").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "quotewire_runtime":
                package, _, module = str(node.module).rpartition(".")
                if node.module in ("quotewire_runtime", *PACKAGES):
                    yield from ((path.name, str(node.module), alias.name) for alias in node.names)
                else:
                    yield path.name, package, module


def test_all_names_exist() -> None:
    for package in ("quotewire_runtime", *PACKAGES):
        module = importlib.import_module(package)
        for name in getattr(module, "__all__", ()):
            if not hasattr(module, name):
                importlib.import_module(f"{package}.{name}")


def test_services_use_public_modules_only() -> None:
    private = [
        f"{file}: {package}.{name}"
        for file, package, name in imported_names()
        if name not in getattr(importlib.import_module(package), "__all__", [name])
    ]
    assert private == []
    assert set(quotewire_runtime.__all__) >= {name.split(".")[1] for name in PACKAGES}


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_loads_no_client_and_no_engine(package: str) -> None:
    heavy = "{'faust', 'aiokafka', 'psycopg', 'structlog'}"
    code = f"import sys, {package}; sys.exit(', '.join({heavy} & sys.modules.keys()) or None)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
