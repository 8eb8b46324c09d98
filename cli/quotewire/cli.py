"""The shell of the command: finds the verb, imports it alone, and turns every error into one line and an exit code.

Exit codes: 0 done · 1 failed · 2 bad usage or input · 3 an outside part is away · 130 interrupted.
"""

import difflib
import importlib
import inspect
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Final

from quotewire_runtime.errors import QuotewireError

# "module:function" or "module:app" (a typer.Typer with verbs of its own), and the line that `--help` shows. The line
# stands here so that the help imports nothing: a function's docstring is the help of `quotewire VERB --help`.
VERBS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "The stream on this machine": {
        "up": ("quotewire.verbs.up:up", "start Kafka, PostgreSQL and the services here, and feed them"),
        "status": ("quotewire.verbs.status:status", "what runs, where it answers, how much has gone through"),
        "down": ("quotewire.verbs.down:down", "stop everything that `up` started"),
        "demo": ("quotewire.verbs.demo:demo", "run our sample articles through it and show who said what"),
        "doctor": ("quotewire.verbs.doctor:doctor", "check this machine, and say how to get what is missing"),
    },
    "Ask the store": {
        "quotes": ("quotewire.verbs.quotes:quotes", "who said what: by speaker, words, outlet or time"),
        "articles": ("quotewire.verbs.articles:articles", "the articles, newest first"),
    },
    "Work on files, without a stream": {
        "read": ("quotewire.verbs.read:read", "pages, texts and addresses → articles, as JSON Lines"),
        "discover": ("quotewire.verbs.discover:discover", "feeds, sitemaps and pages → what polling them would find"),
        "annotate": ("quotewire.verbs.annotate:annotate", "articles → entities and quotations, as JSON Lines"),
    },
    "Feed and care for a stream": {
        "ingest": ("quotewire.verbs.ingest:ingest", "the ingest service; with paths or addresses: feed a running one"),
        "extract": ("quotewire.verbs.extract:extract", "the extract service"),
        "store": ("quotewire.verbs.store:store", "the store service"),
        "sources": ("quotewire.verbs.sources:app", "how each source stands, and why one is silent"),
        "topics": ("quotewire.verbs.topics:app", "create and describe the topics"),
        "migrate": ("quotewire.verbs.migrate:migrate", "bring the database up to date"),
        "dead-letters": ("quotewire.verbs.dead_letters:dead_letters", "what a stage gave up, and why"),
        "replay": ("quotewire.verbs.replay:replay", "send dead letters back through their stage"),
        "reread": ("quotewire.verbs.reread:reread", "apply a better reader to the raw bytes that were kept"),
        "withdraw": ("quotewire.verbs.withdraw:withdraw", "take an article back, everywhere"),
    },
}
_TARGETS: Final = {name: target for group in VERBS.values() for name, (target, _) in group.items()}

INTERRUPTED: Final = 130  # 128 + SIGINT, as shells count
UNEXPECTED: Final = 70  # EX_SOFTWARE of sysexits.h: our own defect, so that scripts can tell it from a failure


def main() -> None:
    """Run the command with the arguments of the process, and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        code = _dispatch(arguments)
        sys.stdout.flush()
        return code
    except QuotewireError as error:
        return _complain(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output has had enough (`| head`): no error. What is still buffered has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last net: a traceback is no answer to a user, but it is needed to mend the defect
        told = (str(error).strip().splitlines() or ["no message"])[0][:200]
        return _complain(f"a defect of ours, {type(error).__name__}: {told}; details: {_keep_traceback()}", UNEXPECTED)


def _dispatch(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(help_text())
        return 0 if arguments else 2
    verb, *rest = arguments
    if verb in ("-V", "--version"):
        print(f"quotewire {version('quotewire')}")
        return 0
    if verb not in _TARGETS:
        near = difflib.get_close_matches(verb, _TARGETS, n=1)
        hint = f", did you mean `quotewire {near[0]}`" if near else ""
        return _complain(f"no verb {verb!r}{hint}; see quotewire --help", 2)
    return _invoke(verb, rest)


def help_text() -> str:
    """What `quotewire --help` prints."""
    lines = [
        "quotewire: turns the news into a stream of who said what",
        "",
        "Usage: quotewire VERB [OPTIONS] [ARGUMENTS]",
        "",
    ]
    for group, verbs in VERBS.items():
        lines.append(f"{group}:")
        lines += [f"  {name:<14}{summary}" for name, (_, summary) in verbs.items()]
        lines.append("")
    lines += [
        "`quotewire VERB --help` explains a verb, with an example; `quotewire --version` tells the release.",
        "Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 an outside part is away, 130 interrupted.",
        "",
        "Start here:  quotewire demo",
    ]
    return "\n".join(lines)


def _invoke(verb: str, arguments: list[str]) -> int:
    import typer

    module, _, name = _TARGETS[verb].partition(":")
    target: Any = getattr(importlib.import_module(module), name)
    if not isinstance(target, typer.Typer):
        function, target = (
            target,
            typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False),
        )
        target.command(help=_help_of(function))(function)
    else:
        for info in target.registered_commands:
            info.help = info.help or _help_of(info.callback)
    command = typer.main.get_command(target)
    for argument in command.params:
        if isinstance(argument, typer.core.TyperArgument):
            # Typer prints the Python type behind a name that says it already: "PATH|URL … <list[str]>".
            setattr(argument, "display_type_rich", lambda ctx: None)  # noqa: B010 - mypy forbids the assignment
    # BadParameter < UsageError < ClickException; typer exports only the first by a name that stays.
    click_error: type[Any] = typer.BadParameter.__mro__[2]
    try:
        result = command.main(arguments, prog_name=f"quotewire {verb}", standalone_mode=False)
    except typer.Exit as leave:
        result = leave.exit_code
    except typer.Abort:
        return _complain("interrupted", INTERRUPTED)
    except click_error as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # its message is the help of a verb that has verbs of its own
            print(error.format_message())
            return 2
        words = str(error.format_message()).rstrip(".").removeprefix("Invalid value: ").replace("Value error, ", "")
        return _complain(f"{words}; see quotewire {verb} --help", 2)
    if result == INTERRUPTED:
        raise KeyboardInterrupt
    return result if isinstance(result, int) else 0


def _help_of(function: Any) -> str:
    """A docstring as typer wants it: indented lines are examples and keep their breaks (a backspace says so)."""
    paragraphs = []
    for text in (inspect.getdoc(function) or "").split("\n\n"):
        if text.startswith("Example: "):
            text = text.replace("Example: ", "Example:\n    ", 1)
        as_it_is = any(line.startswith("    ") for line in text.splitlines())
        paragraphs.append(f"\b\n{text}" if as_it_is else text)
    return "\n\n".join(paragraphs)


def _complain(message: str, code: int) -> int:
    print(f"quotewire: {message}", file=sys.stderr)
    return code


def _keep_traceback() -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="quotewire-defect-", suffix=".txt", delete=False, encoding="utf8"
    ) as file:
        traceback.print_exc(file=file)
        return file.name
