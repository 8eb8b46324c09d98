"""The compose file as a file: every container hardened, nothing published but on loopback, tags exact."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from quotewire.local.jars import KAFKA

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
STAGES = ("ingest", "extract", "store")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf8"))["project"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_has_no_root_no_capabilities_and_a_read_only_disk(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "container_name" not in service
    assert not service.get("privileged")
    if "user" in service:  # Kafka's image names its own: 1000
        assert re.fullmatch(r"[1-9]\d*:\d+", service["user"])


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ("topics", "migrate")])
def test_a_container_that_stays_has_a_health_check_and_a_limit(name: str) -> None:
    service = SERVICES[name]

    assert service["healthcheck"]["test"][0] == "CMD"
    assert service["deploy"]["resources"]["limits"]["memory"]
    assert service["logging"]["options"]["max-size"]
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_only_loopback_is_published(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_can_be_scaled_and_starts_when_all_is_prepared(name: str) -> None:
    stage = SERVICES[name]

    assert "ports" not in stage
    assert {"kafka", "postgres", "topics", "migrate"} == set(stage["depends_on"])
    assert stage["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_named_by_an_exact_tag(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].partition(":")

    assert tag not in ("", "latest")
    if image == "quotewire":
        assert tag == PROJECT["version"]
    if image == "apache/kafka":
        assert tag == KAFKA


def test_no_password_stands_in_the_file_and_secrets_are_never_committed() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf8").splitlines()

    for service in SERVICES.values():
        passwords = [name for name in service.get("environment", {}) if "PASSWORD" in name]
        assert all(name.endswith("_FILE") for name in passwords)
    assert all(secret["file"].startswith("./secrets/") for secret in COMPOSE["secrets"].values())
    assert {"/secrets/", "/.env"} <= set(ignored)
