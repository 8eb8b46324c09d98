"""What `quotewire up` rejects before it starts anything."""

from pathlib import Path

import pytest

from quotewire.cli import run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.txt"], "missing.txt: no such file; nothing was started"),
        (["--sources", "missing.yaml"], "missing.yaml: no such file; --sources takes a list of feeds to poll"),
        (["--sources", "bad.yaml"], "bad.yaml: sources.0.id: Field required"),
    ],
)
def test_bad_usage_is_reported_before_anything_starts(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text("sources:\n  - feeds: [https://courant.example/feed.xml]\n")
    monkeypatch.setenv("QUOTEWIRE_SOURCES__FILE", "")  # so that it is as before when the test ends
    assert run(["up", "--home", "home", *arguments]) == 2
    assert capsys.readouterr().err == f"quotewire: {message}\n"
    assert not Path("home").exists()


@pytest.mark.parametrize("mode", [[], ["--detach"]], ids=["foreground", "detached"])
@pytest.mark.parametrize(
    "variable",
    ["QUOTEWIRE_LOCAL__KAFKA_HEAP_MIB", "QUOTEWIRE_WORK__BATCH", "QUOTEWIRE_EXTRACT__WORKERS", "QUOTEWIRE_HTTP__PORT"],
)
def test_a_wrong_setting_is_named_without_its_value_before_anything_starts(
    mode: list[str],
    variable: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, "lots")
    assert run(["up", "--home", str(tmp_path / "home"), *mode]) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"quotewire: {variable}: Input should be a valid integer")
    assert (message.count("\n"), "lots" in message) == (1, False)
    assert not (tmp_path / "home").exists()
