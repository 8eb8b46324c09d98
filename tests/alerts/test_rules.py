"""Prometheus' own check and unit tests of our rules, and that no alert goes without a test and a runbook."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kit.prometheus import program

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RULES = sorted((ROOT / "ops/prometheus/rules").glob("*.yml"))
CASES = sorted(HERE.glob("*.yml"))


def alerts() -> Iterator[dict[str, Any]]:
    for path in RULES:
        for group in yaml.safe_load(path.read_text(encoding="utf8"))["groups"]:
            yield from (rule for rule in group["rules"] if "alert" in rule)


def alert_cases() -> Iterator[dict[str, Any]]:
    for path in CASES:
        for test in yaml.safe_load(path.read_text(encoding="utf8"))["tests"]:
            yield from test.get("alert_rule_test", [])


def promtool(*arguments: str) -> None:
    done = subprocess.run(
        [program("promtool"), *arguments], cwd=HERE, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def test_prometheus_accepts_the_configuration_and_the_rules() -> None:
    promtool("check", "config", str(ROOT / "ops/prometheus/prometheus.yml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_rules_do_what_their_cases_say(case: Path) -> None:
    promtool("test", "rules", case.name)


@pytest.mark.parametrize("alert", list(alerts()), ids=lambda alert: alert["alert"])
def test_every_alert_has_a_firing_and_a_silent_case(alert: dict[str, Any]) -> None:
    expected = [bool(case["exp_alerts"]) for case in alert_cases() if case["alertname"] == alert["alert"]]

    assert {True, False} == set(expected)


@pytest.mark.parametrize("alert", list(alerts()), ids=lambda alert: alert["alert"])
def test_every_alert_names_its_severity_its_runbook_and_a_dashboard(alert: dict[str, Any]) -> None:
    dashboards = {path.stem for path in (ROOT / "ops/grafana/dashboards").glob("*.json")}
    runbook = ROOT / alert["annotations"]["runbook"]
    dashboard = alert["annotations"]["dashboard"].partition("?")[0]

    assert alert["labels"]["severity"] in ("page", "ticket")
    assert f"# {alert['alert']}" == runbook.read_text(encoding="utf8").splitlines()[0]
    assert dashboard.removeprefix("/d/quotewire-") in dashboards
