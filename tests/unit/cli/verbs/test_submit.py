from pathlib import Path

import pytest

from quotewire.cli import run


@pytest.mark.parametrize("verb", ["submit", "ingest"])
def test_without_a_running_stream_the_message_says_how_to_start_one(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ferry.txt").write_text("Late ferry")
    assert run([verb, "--home", str(tmp_path), str(tmp_path / "ferry.txt")]) == 3
    assert capsys.readouterr().err == (
        f"quotewire: no stream runs on {tmp_path}; start one with: quotewire up --home {tmp_path} --detach\n"
    )


def test_ingest_has_the_options_of_submit(capsys: pytest.CaptureFixture[str]) -> None:
    options = []
    for verb in ("submit", "ingest"):
        assert run([verb, "--help"]) == 0
        options.append(capsys.readouterr().out.partition("Options:")[2])
    assert options[0] == options[1]
    assert "--backfill" in options[0]
