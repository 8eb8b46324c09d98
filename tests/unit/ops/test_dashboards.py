"""The dashboards as files: complete panels that ask only for what the services export."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kit.expressions import (
    DASHBOARDS,
    ROOT,
    TARGET_LABELS,
    Expression,
    known_series,
    panel_expressions,
    rule_expressions,
)

EXPRESSIONS = [*panel_expressions(), *rule_expressions()]


def board(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf8"))
    return content


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda expression: expression.where)
def test_an_expression_asks_only_for_series_that_are_exported(expression: Expression) -> None:
    known = known_series()
    selectors = expression.selectors()

    assert selectors
    assert {selector.name for selector in selectors} <= set(known)
    for selector in selectors:
        assert selector.labels <= known[selector.name] | TARGET_LABELS, selector.text


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=lambda expression: expression.where)
def test_an_expression_groups_only_by_labels_that_are_there(expression: Expression) -> None:
    known = known_series()
    there = frozenset[str]().union(*(known[selector.name] for selector in expression.selectors()))

    assert expression.grouping() <= there | TARGET_LABELS


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_says_what_it_shows_and_in_which_unit(path: Path) -> None:
    titles = [panel["title"] for panel in board(path)["panels"]]

    assert len(set(titles)) == len(titles)
    for panel in board(path)["panels"]:
        assert panel["title"].strip()
        assert panel["fieldConfig"]["defaults"]["unit"].strip(), panel["title"]
        assert all(target["legendFormat"].strip() for target in panel["targets"]), panel["title"]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_panels_lie_side_by_side_without_overlap(path: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in board(path)["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24, panel["title"]  # Grafana's grid has 24 columns
        taken |= cells


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_has_a_fixed_address_and_uses_the_provisioned_datasource(path: Path) -> None:
    provisioned = yaml.safe_load(
        (ROOT / "ops/grafana/provisioning/datasources/prometheus.yml").read_text(encoding="utf8")
    )
    datasource = {"type": "prometheus", "uid": provisioned["datasources"][0]["uid"]}
    content = board(path)

    assert content["uid"] == f"quotewire-{path.stem}"
    assert content["editable"] is False
    for panel in content["panels"]:
        assert panel["datasource"] == datasource
        assert all(target["datasource"] == datasource for target in panel["targets"])


def test_the_first_panel_is_what_users_feel() -> None:
    first = board(ROOT / "ops/grafana/dashboards/stream.json")["panels"][0]

    assert {"quotewire_article_age_seconds"} == {target["expr"].split(":")[1] for target in first["targets"]}
