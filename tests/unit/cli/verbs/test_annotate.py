import html
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from quotewire.cli import run

SAID = "“The ferry sails at dawn,” Ilvane Morrec said.\r\nShe said  that it would.\n"


@pytest.fixture
def said(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.txt"
    path.write_bytes(SAID.encode())
    return path


def records(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_raw_keeps_every_code_point(said: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["annotate", "--raw", str(said)]) == 0
    (record,) = records(capsys.readouterr().out)
    assert record["article"]["text"] == SAID
    assert (record["article"]["article_id"], record["article"]["title"]) == ("ferry", None)
    assert record["quotes"][0]["speakers"][0]["name"] == "Ilvane Morrec"


def test_raw_gives_one_line_per_file_however_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in {"a": "", "b": "No.", "c": "\ufeffHm"}.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    assert run(["annotate", "--raw", *(str(tmp_path / f"{name}.txt") for name in "abc")]) == 0
    found = records(capsys.readouterr().out)
    assert [(r["article"]["article_id"], r["article"]["text"]) for r in found] == [
        ("a", ""), ("b", "No."), ("c", "\ufeffHm"),
    ]  # fmt: skip
    assert [r["annotation"]["status"] for r in found] == ["skipped", "done", "done"]


def test_raw_takes_lines_of_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "No.", "article_id": "x"}\n\n{"text": "Yes."}\n{"text": 7}\n{\n{"text": "\\ud800"}\n')
    assert run(["annotate", "--raw", str(path)]) == 2
    printed = capsys.readouterr()
    assert [r["article"]["article_id"] for r in records(printed.out)] == ["x", "texts-3"]
    assert [line.removeprefix(f"quotewire: {path}: ") for line in printed.err.splitlines()] == [
        "texts-4: text is not a string",
        'texts-5: not a line {"text": …}',
        "texts-6: the text holds half a character (a lone surrogate)",
    ]


@pytest.mark.parametrize("raw", [["--raw"], []])
def test_bad_input_among_good_gets_its_line_and_the_others_are_printed(
    said: Path, tmp_path: Path, raw: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "huge.txt").write_text("Nobody said a word. " * 20_000)
    bad = [str(tmp_path / name) for name in ("missing.txt", "binary.txt", "huge.txt")]
    assert run(["annotate", *raw, bad[0], str(said), *bad[1:]]) == 2
    printed = capsys.readouterr()
    assert len(records(printed.out)) == 1
    lines = printed.err.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"quotewire: {path}: ") for line, path in zip(lines, bad, strict=True))


@pytest.mark.parametrize(
    ("body", "language"),
    [(SAID, "en"), (json.dumps({"text": SAID, "title": "Ferry", "language": "en"}), "en")],
)
def test_standard_input_is_taken_for_what_it_looks_like(
    body: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body.encode()), encoding="utf-8"))
    assert run(["annotate", "-", "--language", language]) == 0
    (record,) = records(capsys.readouterr().out)
    assert record["quotes"][0]["content"] == "“The ferry sails at dawn,”"


def test_nothing_on_standard_input_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert run(["annotate", "-"]) == 2
    assert capsys.readouterr().err.startswith("quotewire: -: ")


def test_another_language_is_said_to_be_skipped(said: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["annotate", "--raw", "--language", "fr", "--format", "table", str(said)]) == 0
    assert "skipped: no pipeline for language 'fr'" in capsys.readouterr().out


def test_a_table_says_who_said_what(said: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["annotate", "--format", "table", "--raw", str(said)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split("  ")[1] == "Ilvane Morrec"
    assert max(map(len, lines)) <= 80


def test_a_page_marks_the_quotations_and_escapes_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "page.txt"
    path.write_text("<b>Veldmark</b> & more.\n“The ferry sails at dawn,” Ilvane Morrec said.")
    assert run(["annotate", "--format", "html", "--raw", str(path)]) == 0
    page = capsys.readouterr().out
    shown = page.split('<p class="text">')[1].split("</p>")[0]
    assert html.unescape(re.sub(r"<[^>]+>", "", shown)) == path.read_text()
    assert ">“The ferry sails at dawn,”</span>" in page
    assert ">said</span>" in page
