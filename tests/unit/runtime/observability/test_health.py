"""Health and metrics over HTTP."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from quotewire_runtime.config.settings import HttpSettings
from quotewire_runtime.errors import SettingsError
from quotewire_runtime.observability.health import Check, HealthServer


class Parts:
    def __init__(self) -> None:
        self.model = Check(False, "the model is loading")

    def ready(self) -> dict[str, Check]:
        return {"model": self.model, "database": Check(True, "reachable", since=0)}


@pytest.fixture
def parts() -> Parts:
    return Parts()


@pytest.fixture
def address(parts: Parts) -> Iterator[str]:
    server = HealthServer(
        "extract", live=lambda: {"loop": Check(True, "runs")}, ready=parts.ready, wall=lambda: 86400.0
    )
    yield server.start(HttpSettings(port=0))
    server.stop()


def get(url: str) -> tuple[int, str, str]:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


def test_the_answer_says_why_it_is_not_ready_and_since_when(address: str, parts: Parts) -> None:
    status, kind, body = get(address + "/ready")
    assert (status, kind) == (503, "application/json")
    assert json.loads(body) == {
        "service": "extract",
        "ready": False,
        "why": "model: the model is loading",
        "checks": {
            "model": {"ok": False, "detail": "the model is loading", "since": "1970-01-02T00:00:00Z"},
            "database": {"ok": True, "detail": "reachable", "since": "1970-01-01T00:00:00Z"},
        },
    }
    parts.model = Check(True, "en_wire 7")
    status, _, body = get(address + "/ready?verbose=1")
    assert (status, json.loads(body)["ready"]) == (200, True)


def test_a_check_that_raises_is_not_ok() -> None:
    def broken() -> dict[str, Check]:
        raise KeyError("pool")

    server = HealthServer("store", live=dict, ready=broken)
    assert server.report("/ready")[0] is False
    assert "KeyError: 'pool'" in str(server.report("/ready")[1]["why"])


def test_other_paths_are_not_found(address: str) -> None:
    assert get(address + "/live")[0] == 200
    status, kind, body = get(address + "/metrics")
    assert (status, kind.split(";")[0]) == (200, "text/plain")
    assert "process_resident_memory_bytes" in body
    assert get(address + "/etc/passwd")[0] == 404


def test_readiness_is_a_metric(address: str, parts: Parts) -> None:
    assert 'quotewire_ready{stage="extract"} 0.0' in get(address + "/metrics")[2]
    parts.model = Check(True, "en_wire 7")
    assert 'quotewire_ready{stage="extract"} 1.0' in get(address + "/metrics")[2]


def test_a_port_in_use_is_reported_in_one_line(address: str) -> None:
    port = int(address.rsplit(":", 1)[1])
    second = HealthServer("store", live=dict, ready=dict)
    with pytest.raises(SettingsError, match=f"cannot listen on 127.0.0.1:{port} .* set QUOTEWIRE_HTTP__PORT"):
        second.start(HttpSettings(port=port))
