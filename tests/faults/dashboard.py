"""What somebody sees who has the dashboard of the stream open: every panel's numbers, and the alerts."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from kit.answers import VARIABLES
from kit.expressions import ROOT
from kit.scraping import ask

STREAM = ROOT / "ops/grafana/dashboards/stream.json"

# A panel has moved where a series leaves what it showed in calm times by half of it, and by this much in its own unit.
_SHARE = 0.5
_LEAST = {"s": 2.0, "short": 5.0, "none": 0.5}

Line: TypeAlias = tuple[str, str]
"""A panel's title and a series' name."""
Series: TypeAlias = Mapping[Line, float]
Change: TypeAlias = tuple[float | None, float | None]
"""The last number of calm times and another; None where there is none."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One line of a panel."""

    title: str
    unit: str
    legend: str
    query: str


def panels() -> Iterator[Panel]:
    """Every line of every panel of the stream's dashboard."""
    for panel in json.loads(STREAM.read_text(encoding="utf8"))["panels"]:
        for target in panel["targets"]:
            query = target["expr"]
            for name, value in VARIABLES.items():
                query = query.replace(name, value)
            yield Panel(panel["title"], panel["fieldConfig"]["defaults"]["unit"], target["legendFormat"], query)


def look(prometheus: str) -> dict[Line, float]:
    """All numbers of the dashboard now; a series that has none is not there."""
    seen = {}
    for panel in panels():
        for series in ask(prometheus, panel.query):
            name = panel.legend
            for label, value in series["metric"].items():
                name = name.replace("{{" + label + "}}", value)
            number = float(series["value"][1])
            if math.isfinite(number):
                seen[panel.title, name] = number
    return seen


def alerts(prometheus: str) -> dict[str, str]:
    """Alerts that are on, with `pending` (its time has not run out) or `firing`."""
    found: dict[str, str] = {}
    for series in ask(prometheus, "ALERTS"):
        labels = series["metric"]
        about = labels.get("stage") or labels.get("job")
        name = labels["alertname"] + (f" ({about})" if about else "")
        if found.get(name) != "firing":
            found[name] = labels["alertstate"]
    return found


def moved(calm: list[Series], now: Series) -> dict[Line, Change]:
    """The lines that left what they showed in calm times: the last calm number and the present one."""
    units = {panel.title: panel.unit for panel in panels()}
    found: dict[Line, Change] = {}
    for line in {*now, *(line for series in calm for line in series)}:
        before = [series[line] for series in calm if line in series]
        after = now.get(line)
        if not before or after is None:
            found[line] = (before[-1] if before else None, after)
            continue
        slack = max(_SHARE * max(abs(number) for number in before), _LEAST.get(units[line[0]], 0.5))
        if not min(before) - slack < after < max(before) + slack or _switched(units[line[0]], before, after):
            found[line] = (before[-1], after)
    return {line: numbers for line, numbers in found.items() if numbers[0] or numbers[1]}


def distance(change: Change) -> float:
    """How far a line went; a series that has vanished went farthest."""
    before, after = change
    return math.inf if after is None else abs(after - (before or 0.0))


def _switched(unit: str, before: list[float], after: float) -> bool:
    """A count of replicas, or a state that is 0 or 1, which moves by whole numbers."""
    return unit == "none" and after not in before
