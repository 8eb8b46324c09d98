"""The entry point of the command: runs one verb, and turns every error into one line and an exit code.

Exit codes: 0 done · 1 failed · 2 bad usage or input · 3 a dependency is unavailable · 130 interrupted.
"""

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Final

import typer

from quotewire.verb_group import VerbGroup, require_command
from quotewire_runtime.errors import QuotewireError

INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count
DEFECT: Final = 70  # EX_SOFTWARE of sysexits.h, so that scripts can tell a defect of ours from a failure

app = typer.Typer(cls=VerbGroup, add_completion=False, rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def quotewire(
    ctx: typer.Context, release: Annotated[bool, typer.Option("--version", "-V", help="Print the release.")] = False
) -> None:
    """Turn the news into a stream of who said what."""
    if release:
        print(f"quotewire {version('quotewire')}")
        raise typer.Exit
    require_command(ctx)


def main() -> None:
    """Run the command with the arguments of the process, and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        result = typer.main.get_command(app).main(list(arguments), prog_name="quotewire", standalone_mode=False)
        sys.stdout.flush()
    except QuotewireError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        # The context is that of the command whose arguments are wrong; an error raised by the verb itself has none.
        context = getattr(error, "ctx", None)
        command = context.command_path if context else f"quotewire {arguments[0]}"
        return _fail(f"{_message(error)}; see {command} --help", 2)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The program that reads our output has closed the pipe (`| head`): no error. Discard what is still buffered.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # a traceback means nothing to a user, but is needed to repair the defect
        message = (str(error).strip().splitlines() or ["no message"])[0][:200]
        return _fail(f"a defect of ours, {type(error).__name__}: {message}; details: {_save_traceback()}", DEFECT)
    if result == INTERRUPTED:  # Typer turns KeyboardInterrupt into this
        return _fail("interrupted", INTERRUPTED)
    return result if isinstance(result, int) else 0


def _message(error: typer.TyperException) -> str:
    """The message of Typer without a full stop and without words that say nothing to a user."""
    return error.format_message().rstrip(".").removeprefix("Invalid value: ").replace("Value error, ", "")


def _fail(message: str, code: int) -> int:
    print(f"quotewire: {message}", file=sys.stderr)
    return code


def _save_traceback() -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="quotewire-defect-", suffix=".txt", delete=False, encoding="utf8"
    ) as file:
        traceback.print_exc(file=file)
        return file.name
