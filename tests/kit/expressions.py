"""The PromQL expressions of the dashboards and rules: where they are, and which series they select."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from quotewire_runtime.observability.metrics import CATALOGUE

ROOT = Path(__file__).parents[2]
DASHBOARDS = sorted((ROOT / "ops/grafana/dashboards").glob("*.json"))
RULES = sorted((ROOT / "ops/prometheus/rules").glob("*.yml"))

# Series that Prometheus and the Python client add.
BUILTIN_SERIES = {
    "up": frozenset[str](),
    "process_start_time_seconds": frozenset[str](),
    "process_resident_memory_bytes": frozenset[str](),
    "process_cpu_seconds_total": frozenset[str](),
}
TARGET_LABELS = frozenset({"job", "instance"})
"""Labels that Prometheus adds to every series of a target."""

_STRING = re.compile(r'"[^"]*"')
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_SELECTOR = re.compile(r"\b(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?P<matchers>\{[^}]*\})?(?!\s*\(|[a-zA-Z0-9_:])")
_WORDS = frozenset({"and", "or", "unless", "bool", "on", "by", "group_left", "group_right", "offset"})
_LABEL = re.compile(r"([a-zA-Z_][a-zA-Z0-9_]*)\s*(?:=~|!~|!=|=)")


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector: the metric's name, the labels in its matchers, and its text."""

    name: str
    labels: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    """One expression and where it is."""

    where: str
    text: str
    alert: bool = False

    def selectors(self) -> list[Selector]:
        """Return the selectors in it."""
        text = re.sub(r"\[[^\]]*\]", "", _GROUPING.sub("", self.text))
        found = []
        for match in _SELECTOR.finditer(text):
            if match["name"] in _WORDS or _inside_braces(text, match.start()):
                continue
            matchers = match["matchers"] or ""
            found.append(Selector(match["name"], frozenset(_LABEL.findall(_STRING.sub("", matchers))), match[0]))
        return found

    def grouping(self) -> set[str]:
        """Return the labels it groups or joins by."""
        return {label.strip() for group in _GROUPING.findall(self.text) for label in group.split(",") if label.strip()}


def panel_expressions() -> Iterator[Expression]:
    """Yield every expression of every panel."""
    for path in DASHBOARDS:
        for panel in json.loads(path.read_text(encoding="utf8"))["panels"]:
            for target in panel["targets"]:
                yield Expression(f"{path.stem}: {panel['title']}: {target['legendFormat']}", target["expr"])


def rule_expressions() -> Iterator[Expression]:
    """Yield every expression of every recording rule and alert."""
    for path in RULES:
        for group in yaml.safe_load(path.read_text(encoding="utf8"))["groups"]:
            for rule in group["rules"]:
                name = rule.get("alert") or rule["record"]
                yield Expression(f"{path.stem}: {name}", rule["expr"], alert="alert" in rule)


def known_series() -> dict[str, frozenset[str]]:
    """Return the names of all possible series with their own labels."""
    known = dict(BUILTIN_SERIES)
    for entry in CATALOGUE:
        labels = frozenset(entry.labels)
        if entry.kind == "histogram":
            known |= {
                f"{entry.name}_bucket": labels | {"le"},
                f"{entry.name}_sum": labels,
                f"{entry.name}_count": labels,
            }
        else:
            known[entry.name] = labels
    for path in RULES:
        for group in yaml.safe_load(path.read_text(encoding="utf8"))["groups"]:
            for rule in group["rules"]:
                if "record" in rule:  # level:metric:operation; the level is the list of its labels
                    known[rule["record"]] = frozenset(rule["record"].split(":")[0].split("_"))
    return known


def _inside_braces(text: str, position: int) -> bool:
    return text.count("{", 0, position) > text.count("}", 0, position)
