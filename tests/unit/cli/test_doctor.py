"""`quotewire doctor` says what is missing and how to get it."""

import json
from pathlib import Path

import pytest

from kit.ports import free_port
from quotewire import cli, doctor
from quotewire.local.home import Home
from quotewire.local.settings import CommandSettings


def result(tmp_path: Path, what: str) -> doctor.CheckResult:
    results = doctor.run_checks(Home(tmp_path / "home"), CommandSettings())
    return next(one for one in results if one.subject.startswith(what))


def test_this_machine_has_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["doctor", "--home", str(tmp_path), "--format", "json"]) == 0
    findings = json.loads(capsys.readouterr().out)
    assert {"Python", "Java", "PostgreSQL 18", "model en_wire", "ports", "disk", "memory", "home"} <= {
        one["what"] for one in findings
    }
    assert all(one["well"] for one in findings)


def test_an_empty_cache_says_what_will_be_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTEWIRE_LOCAL__CACHE", str(tmp_path))
    kafka = result(tmp_path, "Kafka")
    assert kafka.ok
    assert kafka.found == "46 of 46 jars to download (44 MB, once)"


@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("QUOTEWIRE_LOCAL__JAVA", "/nowhere/java", "Java"),
        ("QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS", f"127.0.0.1:{free_port()}", "Kafka"),
        ("QUOTEWIRE_POSTGRES__DSN", f"postgresql://quotewire:secret@127.0.0.1:{free_port()}/quotewire", "PostgreSQL"),
    ],
    ids=["Java", "Kafka", "PostgreSQL"],
)
def test_what_is_missing_is_named_with_a_remedy_and_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    variable: str, value: str, what: str,
) -> None:  # fmt: skip
    monkeypatch.setenv(variable, value)
    missing = result(tmp_path, what)
    assert not missing.ok
    assert variable in missing.remedy
    assert cli.run(["doctor", "--home", str(tmp_path / "home")]) == 1
    printed = capsys.readouterr().out
    assert "MISSING" in printed
    assert "secret" not in printed


def test_checking_creates_nothing(tmp_path: Path) -> None:
    doctor.run_checks(Home(tmp_path / "home"), CommandSettings())
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_and_little_memory_are_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MIN_DISK_MIB", 10**9)
    monkeypatch.setattr(doctor, "MIN_MEMORY_MIB", 10**9)
    assert "choose another --home" in result(tmp_path, "disk").remedy
    assert not result(tmp_path, "memory").ok
