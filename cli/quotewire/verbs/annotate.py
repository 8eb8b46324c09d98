"""`quotewire annotate`."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quotewire.options import non_empty
from quotewire.verb_group import VerbCommand, new_app

if TYPE_CHECKING:
    from quotewire_schemas import Article

app = new_app()


class AnnotateFormat(StrEnum):
    """How enriched articles are printed."""

    JSONL = "jsonl"
    TABLE = "table"
    HTML = "html"


@app.command(cls=VerbCommand)
def annotate(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|-…", parser=non_empty, help="Text, HTML or JSON Lines files; `-` reads standard input."
        ),
    ],
    raw: Annotated[
        bool, typer.Option("--raw", help="Use the text exactly as it is: nothing is cleaned; id = the file's stem.")
    ] = False,
    output: Annotated[
        AnnotateFormat,
        typer.Option("--format", help="jsonl for programs; table or html (one page, quotations marked) for people."),
    ] = AnnotateFormat.JSONL,
    language: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Language of the texts, instead of the detected one (with --raw: en)."),
    ] = None,
) -> int:
    """Find entities and quotations in articles: one JSON record per article on stdout, no broker needed.

    What cannot be parsed gets one line on stderr; the others are still printed, and the exit code is 2.

    Example:
        quotewire annotate --format table interview.txt
        quotewire read page.html | quotewire annotate - | jq -r '.quotes[] | [.speakers[0].name, .content] | @tsv'
    """
    from quotewire_extract.annotate import annotate_article
    from quotewire_extract.pipeline import Pipelines
    from quotewire_extract.settings import Settings
    from quotewire_runtime.config.settings import load

    settings = load(Settings).extract
    pipelines = Pipelines(settings.pipelines, settings.threads)
    failures = 0
    enriched = []
    for item in _articles(files, raw, language):
        if isinstance(item, str):
            failures += 1
            print(f"quotewire: {item}", file=sys.stderr, flush=True)
            continue
        record = annotate_article(item, pipelines)
        if output is AnnotateFormat.JSONL:
            print(record.model_dump_json(), flush=True)
        else:
            enriched.append(record)
    if output is not AnnotateFormat.JSONL and enriched:
        from quotewire_extract.rendering import html_page, quotation_table

        columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 80  # a pipe has no width
        print(html_page(enriched) if output is AnnotateFormat.HTML else quotation_table(enriched, columns))
    return 2 if failures else 0


def _articles(files: list[str], raw: bool, language: str | None) -> Iterator["Article | str"]:
    """Yield articles in the order of the files; for an input that gives none, a line that names it and says why."""
    for name in files:
        yield from _raw(name, language or "en") if raw else _read(name, language)


def _raw(name: str, language: str) -> Iterator["Article | str"]:
    from quotewire.raw_text import raw_articles

    try:
        with contextlib.nullcontext(sys.stdin.buffer) if name == "-" else open(name, "rb") as file:  # noqa: PTH123
            for item in raw_articles(name, file, language):
                yield f"{name}: {item}" if isinstance(item, str) else item
    except OSError as error:
        yield f"{name}: {(error.strerror or str(error)).lower()}"


def _read(name: str, language: str | None) -> Iterator["Article | str"]:
    from quotewire_ingest.offline import parse_input
    from quotewire_ingest.rejection import RejectedInput

    with _as_file(name) as path:
        for item in parse_input(path):
            if isinstance(item, RejectedInput):
                yield str(item).replace(str(path), name, 1)
            else:
                yield item.model_copy(update={"language": language}) if language else item


@contextlib.contextmanager
def _as_file(name: str) -> Iterator[Path]:
    """The file itself; standard input as a temporary file whose suffix is chosen by its first character."""
    if name != "-":
        yield Path(name)
        return
    body = sys.stdin.buffer.read()
    start = body[:1024].lstrip()[:1]
    suffix = {b"{": ".jsonl", b"<": ".html"}.get(start, ".txt")
    with tempfile.TemporaryDirectory(prefix="quotewire-") as folder:
        path = Path(folder) / f"stdin{suffix}"
        path.write_bytes(body)
        yield path
