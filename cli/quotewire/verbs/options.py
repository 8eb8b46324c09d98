"""Options that several verbs share."""

from pathlib import Path
from typing import Annotated

import typer

from quotewire.tables import Format

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help="Folder with all state of a stream [default: ~/.local/share/quotewire].",
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", help="table for people, json or csv for programs.")]
SinceOption = Annotated[
    str | None, typer.Option(metavar="TIME", help="From then on: 2026-03-01, 2026-03-01T12:00, yesterday, 36h, 7d.")
]
UntilOption = Annotated[str | None, typer.Option(metavar="TIME", help="Up to then; a day counts whole.")]
OutletOption = Annotated[str | None, typer.Option(metavar="NAME", help="Of this publication only, in any case.")]
LimitOption = Annotated[int, typer.Option(min=1, max=100_000, metavar="N", help="At most so many rows.")]
