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
