"""Read the dashboard of the stream as an operator sees it: the numbers of every panel, and the alerts."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from kit.expressions import ROOT
from kit.prometheus_queries import VARIABLES
from kit.scraping import run_query

STREAM = ROOT / "ops/grafana/dashboards/stream.json"

# A line has changed if it differs from its baseline by half of it and by at least this much in its unit.
_MIN_SHARE = 0.5
_MIN_CHANGE = {"s": 2.0, "short": 5.0, "none": 0.5}

Line: TypeAlias = tuple[str, str]
"""A panel's title and a series' name."""
Series: TypeAlias = Mapping[Line, float]
Change: TypeAlias = tuple[float | None, float | None]
"""The last number of the baseline and a later one; None where there is none."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One line of a panel."""

    title: str
    unit: str
    legend: str
    query: str


def panels() -> Iterator[Panel]:
    """Yield every line of every panel of the dashboard."""
    for panel in json.loads(STREAM.read_text(encoding="utf8"))["panels"]:
        for target in panel["targets"]:
            query = target["expr"]
            for name, value in VARIABLES.items():
                query = query.replace(name, value)
            yield Panel(panel["title"], panel["fieldConfig"]["defaults"]["unit"], target["legendFormat"], query)


def read_dashboard(prometheus: str) -> dict[Line, float]:
    """Return all numbers of the dashboard now, without series that have none."""
    seen = {}
    for panel in panels():
        for series in run_query(prometheus, panel.query):
            name = panel.legend
            for label, value in series["metric"].items():
                name = name.replace("{{" + label + "}}", value)
            number = float(series["value"][1])
            if math.isfinite(number):
                seen[panel.title, name] = number
    return seen


def alerts(prometheus: str) -> dict[str, str]:
    """Return the alerts that are on, with `pending` or `firing`."""
    found: dict[str, str] = {}
    for series in run_query(prometheus, "ALERTS"):
        labels = series["metric"]
        about = labels.get("stage") or labels.get("job")
        name = labels["alertname"] + (f" ({about})" if about else "")
        if found.get(name) != "firing":
            found[name] = labels["alertstate"]
    return found


def changed_lines(baseline: list[Series], now: Series) -> dict[Line, Change]:
    """Return the lines that differ from the baseline: its last number and the current one."""
    units = {panel.title: panel.unit for panel in panels()}
    found: dict[Line, Change] = {}
    for line in {*now, *(line for series in baseline for line in series)}:
        before = [series[line] for series in baseline if line in series]
        after = now.get(line)
        if not before or after is None:
            found[line] = (before[-1] if before else None, after)
            continue
        unit = units[line[0]]
        tolerance = max(_MIN_SHARE * max(abs(number) for number in before), _MIN_CHANGE.get(unit, 0.5))
        within = min(before) - tolerance < after < max(before) + tolerance
        if not within or _differs_in_state(unit, before, after):
            found[line] = (before[-1], after)
    return {line: numbers for line, numbers in found.items() if numbers[0] or numbers[1]}


def change_size(change: Change) -> float:
    """Return the size of a change; that of a series that disappeared is infinite."""
    before, after = change
    return math.inf if after is None else abs(after - (before or 0.0))


def _differs_in_state(unit: str, before: list[float], after: float) -> bool:
    """Whether a count of replicas or a state, which are whole numbers, has another value."""
    return unit == "none" and after not in before
