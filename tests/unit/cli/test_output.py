"""Rows as tables, JSON and CSV."""

import io
import json
from datetime import UTC, datetime

from pydantic import BaseModel

from quotewire.output import OutputFormat, print_rows

ROWS = [
    {
        "speaker": "Ada Quill",
        "words": 'He said, "no", twice\nand left',
        "at": datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    },
    {"speaker": None, "words": "🗞 [bold]news[/bold]", "at": None, "extra": [1]},
]


def shown(output: OutputFormat, rows: list[object] = ROWS) -> str:
    out = io.StringIO()
    assert print_rows(rows, ["speaker", "words", "at"], output, file=out) == len(rows)  # type: ignore[arg-type]
    return out.getvalue()


def test_json_is_one_array_of_whole_rows() -> None:
    rows = json.loads(shown(OutputFormat.JSON))
    assert rows[0]["at"] == "2026-03-04T05:06:07+00:00"
    assert rows[1]["extra"] == [1]
    assert json.loads(shown(OutputFormat.JSON, [])) == []


def test_csv_quotes_values_that_need_it() -> None:
    lines = shown(OutputFormat.CSV).splitlines()
    assert lines[0] == "speaker,words,at"
    assert lines[1] == 'Ada Quill,"He said, ""no"", twice'


def test_a_table_keeps_a_row_in_one_line_and_interprets_no_markup() -> None:
    lines = shown(OutputFormat.TABLE).splitlines()
    assert len(lines) == 3
    assert 'He said, "no", twice and left' in lines[1]
    assert "[bold]news[/bold]" in lines[2]
    assert lines[2].startswith("–")


class Row(BaseModel):
    speaker: str
    at: datetime


def test_models_are_rows() -> None:
    row = Row(speaker="Bo", at=datetime(2026, 1, 2, tzinfo=UTC))
    assert json.loads(shown(OutputFormat.JSON, [row])) == [{"speaker": "Bo", "at": "2026-01-02T00:00:00Z"}]
    assert "2026-01-02" in shown(OutputFormat.TABLE, [row])
