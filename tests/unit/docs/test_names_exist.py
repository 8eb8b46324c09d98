"""The pages name only what exists: files, modules, functions, metrics, rules, settings, verbs and linked pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from quotewire.verb_group import SUMMARIES
from quotewire_runtime.observability.metrics import CATALOGUE

ROOT = Path(__file__).resolve().parents[3]
FOLDERS = ("benchmarks", "cli", "docs", "models", "ops", "schemas", "services", "tests")
HISTORY = ("docs/decisions/retired-identifiers.md", "docs/decisions/0015-one-house.md")
"""They name what existed before."""


def in_tree(pattern: str) -> Iterator[Path]:
    """Files of the repository, without environments and caches."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob(pattern)):
            if not any(part.startswith((".", "__pycache__")) for part in path.relative_to(ROOT).parts):
                yield path


PAGES = [
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *in_tree("*.md"))
    if path.relative_to(ROOT).as_posix() not in HISTORY
]
PYTHON = [path.relative_to(ROOT).as_posix() for path in in_tree("*.py")]
SOURCES = {path: (ROOT / path).read_text("utf-8") for path in PYTHON}
DEFINED = {
    name for text in SOURCES.values() for name in re.findall(r"^\s*(?:async )?(?:def|class) (\w+)", text, re.MULTILINE)
}
SETTINGS = {"QUOTEWIRE_LOCAL_HOME", *re.findall(r"QUOTEWIRE_\w+", (ROOT / ".env.example").read_text("utf-8"))}
SETTINGS |= set(re.findall(r"`(QUOTEWIRE_\w+)` \|", (ROOT / "docs/settings.md").read_text("utf-8")))
METRICS = {entry.name for entry in CATALOGUE}
METRICS |= {
    f"{entry.name}_{end}" for entry in CATALOGUE if entry.kind == "histogram" for end in ("bucket", "sum", "count")
}
RULES = {
    rule["record"]
    for path in (ROOT / "ops/prometheus/rules").glob("*.yml")
    for group in yaml.safe_load(path.read_text("utf-8"))["groups"]
    for rule in group["rules"]
    if "record" in rule
}
BOARDS = [json.loads(path.read_text("utf-8")) for path in (ROOT / "ops/grafana/dashboards").glob("*.json")]
TITLES = {board["title"] for board in BOARDS} | {panel["title"] for board in BOARDS for panel in board["panels"]}
NO_METRICS = {
    "quotewire_reader",
    "quotewire_postgres__password",
    "quotewire_x",
    *(path.split("/")[-2] for path in PYTHON),
}
"""A role, a secret file, a placeholder and the packages."""
CLASSES_OF_OTHERS = {
    "DocBin",
    "MessageSizeTooLarge",
    "InvalidTimestampError",
    "PreparingRebalance",
    "UnknownTopicOrPartition",
}

pytestmark = pytest.mark.parametrize("page", PAGES, ids=[path.relative_to(ROOT).as_posix() for path in PAGES])


def code(page: Path) -> Iterator[str]:
    """Code spans and lines of code blocks."""
    text = page.read_text("utf-8")
    blocks = re.findall(r"^```.*?^```", text, re.MULTILINE | re.DOTALL)
    for block in blocks:
        yield from block.splitlines()[1:-1]
        text = text.replace(block, "")
    yield from (line for line in text.splitlines() if line.startswith("    "))
    yield from (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", text))


def test_links_lead_to_files(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_python_files_exist(page: Path) -> None:
    named = {name for line in code(page) for name in re.findall(r"(?<![\w/.-])[\w.-][\w/.-]*\.py\b", line)}
    assert [name for name in sorted(named) if not any(f"/{path}".endswith(f"/{name}") for path in PYTHON)] == []


def test_paths_from_the_root_exist(page: Path) -> None:
    starts = "|".join(FOLDERS)
    placeholder = "services/x"
    named = {name for line in code(page) for name in re.findall(rf"(?<![\w/.-])(?:{starts})/[\w./-]*\w", line)}
    assert [name for name in sorted(named) if name != placeholder and not list(ROOT.glob(f"{name}*"))] == []


def test_modules_and_what_is_in_them_exist(page: Path) -> None:
    named = {name for line in code(page) for name in re.findall(r"\bquotewire_\w+(?:\.\w+)+", line)}
    missing = []
    for name in sorted(named):
        parts = name.split(".")
        ends = [f"/{'/'.join(parts[:end])}" for end in range(len(parts), 0, -1)]
        found = next(
            (path for end in ends for path in PYTHON if path.endswith((f"{end}.py", f"{end}/__init__.py"))), None
        )
        rest = parts[len(found.partition(parts[0])[2].removesuffix("/__init__.py").split("/")) :] if found else parts
        if found is None or any(not re.search(rf"\b{one}\b", SOURCES[found]) for one in rest):
            missing.append(name)
    assert missing == []


def test_functions_and_classes_exist(page: Path) -> None:
    named = {name for line in code(page) for name in re.findall(r"^([a-z_]\w*)\(\)$", line)}
    named |= {
        name for line in code(page) for name in re.findall(r"^([A-Z][a-z]+(?:[A-Z][a-z]+)+)(?:\(\)|\.\w+)?$", line)
    }
    assert sorted(named - DEFINED - CLASSES_OF_OTHERS) == []


def test_metrics_and_rules_exist(page: Path) -> None:
    lines = [re.sub(r"\w+:quotewire_\w+:\w+", "", line) for line in code(page)]
    metrics = {name for line in lines for name in re.findall(r"(?<![\w/.-])quotewire_[a-z_]+(?![\w./*])", line)}
    rules = {name for line in code(page) for name in re.findall(r"\w+:quotewire_\w+:\w+", line)}
    assert sorted(metrics - METRICS - NO_METRICS) == []
    assert sorted(rules - RULES) == []


def test_settings_exist(page: Path) -> None:
    named = {name for line in code(page) for name in re.findall(r"(?<![…\w])QUOTEWIRE_[A-Z0-9_]+", line)}
    assert [
        name
        for name in sorted(named)
        if not any(name == known or (known.startswith(name) and name.endswith("__")) for known in SETTINGS)
        and not name.startswith(("QUOTEWIRE_EXTRACT__PIPELINES__", "QUOTEWIRE_PUSH__TOKENS__"))
    ] == []


def test_verbs_exist(page: Path) -> None:
    called = r"(?:^|exec \w+ |bin/|^\$ |[;&|(] ?|\d )quotewire ([a-z][\w-]*)"
    named = {name for line in code(page) for name in re.findall(called, line)}
    assert sorted(named - set(SUMMARIES)) == []


def test_panels_in_runbooks_exist(page: Path) -> None:
    text = page.read_text("utf-8") if page.parent.name == "runbooks" else ""
    titles = {" ".join(name.split()) for name in re.findall(r"(?<![*\w])\*([A-Z][^*]+)\*(?!\*)", text)}
    assert sorted(titles - TITLES - {"Do"}) == []
