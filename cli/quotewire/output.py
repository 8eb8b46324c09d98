"""Prints rows as a table for people, as JSON or CSV for programs."""

import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, TextIO

from pydantic import BaseModel

Row = Mapping[str, Any] | BaseModel

# Without a terminal no window limits the width: lines are as long as their longest row, up to this many characters.
_MAX_WIDTH = 1000


class OutputFormat(StrEnum):
    """How rows are printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def print_rows(
    rows: Iterable[Row],
    columns: Sequence[str],
    output: OutputFormat,
    *,
    title: str | None = None,
    widths: Mapping[str, int] | None = None,
    file: TextIO | None = None,
) -> int:
    """Print `rows` and return how many there were.

    JSON is one array of the whole rows. A table shows missing values as "–" and times without seconds; JSON and CSV
    print values unchanged.

    Args:
        columns: The fields that a table and CSV show, in that order.
        title: Printed above a table.
        widths: Maximum widths of columns of a table on a terminal, in characters.
    """
    out = file if file is not None else sys.stdout
    whole = [row.model_dump(mode="json") if isinstance(row, BaseModel) else dict(row) for row in rows]
    if output is OutputFormat.JSON:
        print("[" + ",\n ".join(json.dumps(row, ensure_ascii=False, default=_plain) for row in whole) + "]", file=out)
    elif output is OutputFormat.CSV:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_plain(row.get(name)) for name in columns] for row in whole)
    else:
        _table(whole, columns, title, out, widths or {})
    return len(whole)


def _table(
    rows: list[dict[str, Any]], columns: Sequence[str], title: str | None, out: TextIO, widths: Mapping[str, int]
) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=out, width=None if out.isatty() else _MAX_WIDTH, highlight=False)
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold")
    for name in columns:
        table.add_column(
            name.replace("_", " "),
            justify="right" if _all_numbers(rows, name) else "left",
            overflow="fold",
            max_width=widths.get(name) if out.isatty() else None,
        )
    for row in rows:
        table.add_row(*(Text(_cell(row.get(name))) for name in columns))
    console.print(table)


def _all_numbers(rows: list[dict[str, Any]], name: str) -> bool:
    return bool(rows) and all(isinstance(row.get(name), int | float) for row in rows)


def _cell(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return " ".join(str(value).split())


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value if value is None or isinstance(value, str | int | float) else str(value)
