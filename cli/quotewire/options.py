"""Options that several verbs share."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from quotewire.output import OutputFormat
from quotewire.times import parse_since, parse_until


def non_empty(given: str) -> str:
    """Reject an empty name: it comes from a variable that is not set, and would mean the current folder."""
    if not given.strip():
        raise typer.BadParameter("the name is empty (a variable that is not set?)")
    return given


def check_url_option(url: str | None, targets: Sequence[str]) -> None:
    """Reject --url unless there is exactly one saved page or text: all other inputs carry addresses of their own."""
    if url is None:
        return
    many = (".jsonl", ".ndjson", ".warc", ".warc.gz")
    if len(targets) != 1 or "://" in targets[0] or targets[0].lower().endswith(many) or Path(targets[0]).is_dir():
        raise typer.BadParameter("it goes with exactly one saved page or text", param_hint="--url")


def _folder(given: str) -> Path:
    return Path(non_empty(given))


HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        parser=_folder,
        help="Folder with all state of a stream [default: ~/.local/share/quotewire].",
    ),
]
FormatOption = Annotated[OutputFormat, typer.Option("--format", help="table for people, json or csv for programs.")]
SinceOption = Annotated[
    datetime | None,
    typer.Option(
        metavar="TIME", parser=parse_since, help="From then on: 2026-03-01, 2026-03-01T12:00, yesterday, 36h, 7d."
    ),
]
UntilOption = Annotated[
    datetime | None, typer.Option(metavar="TIME", parser=parse_until, help="Up to then; a day counts whole.")
]
SourceOption = Annotated[
    str | None,
    typer.Option(
        "--source", metavar="ID", help="Name of the source in the records; default: the folder or the domain."
    ),
]
UrlOption = Annotated[str | None, typer.Option("--url", metavar="URL", help="The address of the one file given.")]
OutletOption = Annotated[str | None, typer.Option(metavar="NAME", help="Of this publication only, in any case.")]
LimitOption = Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help="At most so many rows.")]
