"""Bad usage is rejected before anything is done, in one line that names what is wrong."""

from pathlib import Path

import pytest

from quotewire.cli import run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("read", "nothing to read: name a file, a folder or an address, or give --manifest"),
        ("quotes --format xml", "Invalid value for '--format': 'xml' is not one of 'table', 'json', 'csv'"),
        ("quotes --kind shouted", "Invalid value for '--kind': 'shouted' is not one of 'direct', 'indirect', 'mixed'"),
        ("quotes --since soon", "Invalid value for '--since': 'soon': write 2026-03-01, "),
        ("read --url https://a.example/ folder", "--url: it goes with exactly one saved page or text"),
        ("read --url https://a.example/ page.html --manifest all.jsonl", "it goes with exactly one"),
        ("ingest --url https://a.example/ https://b.example/", "it goes with exactly one"),
        ("ingest --url https://a.example/ lines.jsonl", "it goes with exactly one"),
        ("submit --url https://a.example/ https://b.example/", "it goes with exactly one"),
        ("submit --url https://a.example/ lines.jsonl", "it goes with exactly one"),
        ("submit", "Missing argument 'PATH|URL …'; see quotewire submit --help"),
        ("ingest --source courant", "nothing to submit: name files, folders or addresses"),
        ("discover --url https://a.example/ one.xml two.xml", "it goes with exactly one"),
        ("withdraw nonsense", "'nonsense' is neither an address nor an article_id (32 hexadecimal digits)"),
    ],
)
def test_bad_usage_is_one_line(
    arguments: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    assert run(arguments.split()) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert message in err
    assert "Value error" not in err


@pytest.mark.parametrize("verb", ["annotate", "demo", "discover", "ingest", "read", "submit", "up", "withdraw"])
def test_an_empty_name_is_not_the_current_folder(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, ""]) == 2
    assert "the name is empty (a variable that is not set?)" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["up", "down", "status", "ingest"])
def test_an_empty_home_is_not_the_current_folder(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb, "--home", ""]) == 2
    assert "the name is empty (a variable that is not set?)" in capsys.readouterr().err


@pytest.mark.parametrize("verb", ["sources", "topics"])
def test_a_verb_with_several_commands_shows_its_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([verb]) == 2
    out, err = capsys.readouterr()
    assert out.startswith(f"Usage: quotewire {verb} [OPTIONS] COMMAND")
    assert err == ""


@pytest.mark.parametrize("verb", ["read", "annotate", "discover"])
def test_a_wrong_setting_is_not_reported_as_a_defect(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "feed.xml").write_text("<rss/>")
    monkeypatch.setenv("QUOTEWIRE_FETCH__MAX_BYTES", "many")
    assert run([verb, str(tmp_path / "feed.xml")]) == 2
    assert capsys.readouterr().err.startswith("quotewire: QUOTEWIRE_FETCH__MAX_BYTES: Input should be a valid integer")
