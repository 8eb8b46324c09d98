"""The verbs of the command, and the Typer classes that import them when they are used and print their help."""

import difflib
import importlib
from typing import Any, Final

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

VERB_GROUPS: Final[dict[str, dict[str, str]]] = {
    "The stream on this machine": {
        "up": "start Kafka, PostgreSQL and the services here; submit inputs",
        "status": "what runs, at which addresses, how much has gone through",
        "down": "stop everything that `up` started",
        "demo": "run our sample articles through it and show who said what",
        "doctor": "check this machine, and say how to get what is missing",
    },
    "Query the store": {
        "quotes": "who said what: by speaker, words, outlet or time",
        "articles": "the articles, newest first",
    },
    "Work on files, without a stream": {
        "read": "pages, texts and addresses → articles, as JSON Lines",
        "discover": "feeds, sitemaps and pages → what polling them would find",
        "annotate": "articles → entities and quotations, as JSON Lines",
    },
    "Operate a stream": {
        "submit": "give files, folders, pages or feeds to a running stream",
        "ingest": "the ingest service; with inputs: the same as submit",
        "extract": "the extract service",
        "store": "the store service",
        "sources": "the state of each source, and why one is silent",
        "topics": "create and describe the topics",
        "migrate": "bring the database up to date",
        "dead-letters": "what a stage rejected, and why",
        "replay": "send dead letters back through their stage",
        "reread": "parse the archived raw bytes again, with a better parser",
        "withdraw": "take an article back, everywhere",
    },
}
"""Each verb and its line in `quotewire --help`, which imports no verb. Verb `a-b` is module `quotewire.verbs.a_b`."""

SUMMARIES: Final = {verb: summary for group in VERB_GROUPS.values() for verb, summary in group.items()}


class VerbGroup(TyperGroup):
    """The command `quotewire`: imports the module of a verb only when that verb is used.

    Typer exports no names for the types of contexts, formatters and commands that these methods have: they are `Any`.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """All verbs, in the order of the help."""
        return list(SUMMARIES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the module of a verb; None when there is no such verb."""
        if cmd_name not in SUMMARIES:
            return None
        module = importlib.import_module(f"quotewire.verbs.{cmd_name.replace('-', '_')}")
        return typer.main.get_command(module.app)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the verb of a command line; for an unknown one, name a similar one."""
        if args[0] not in SUMMARIES:
            similar = difflib.get_close_matches(args[0], SUMMARIES, n=1)
            ctx.fail(f"no verb {args[0]!r}" + (f", did you mean `quotewire {similar[0]}`" if similar else ""))
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take `-h` and `help` for `--help`, here only: verbs may use the letter for something else."""
        return super().parse_args(ctx, ["--help"] if args[:1] in (["-h"], ["help"]) else args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write `quotewire --help`: the verbs in their groups."""
        lines = [
            "quotewire: turns the news into a stream of who said what",
            "",
            "Usage: quotewire VERB [OPTIONS] [ARGUMENTS]",
            "",
        ]
        for group, verbs in VERB_GROUPS.items():
            lines += [f"{group}:", *(f"  {verb:<14}{summary}" for verb, summary in verbs.items()), ""]
        lines += [
            "`quotewire VERB --help` explains a verb, with an example; `quotewire --version` prints the release.",
            "Exit codes: 0 done, 1 failed, 2 bad usage or input, 3 a dependency is unavailable, 130 interrupted.",
            "",
            "Start here:  quotewire demo",
        ]
        formatter.write("\n".join(lines))


class VerbCommand(TyperCommand):
    """A verb, or a command of a verb that has several."""

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write the docstring; paragraphs with indented lines are examples and keep their line breaks."""
        paragraphs = (self.help or "").split("\n\n")
        # click's mark for a paragraph that is not to be wrapped is a line with a backspace alone.
        marked = [f"\b\n{one}" if "\n    " in one else one for one in paragraphs]
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text("\n\n".join(marked))

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options; arguments without the Python type that Typer adds to a name that says it."""
        arguments, options = [], []
        for param in self.get_params(ctx):
            if (record := param.get_help_record(ctx)) is None:
                continue
            if isinstance(param, TyperArgument):
                arguments.append((record[0].removesuffix(f" {param.display_type(ctx)}"), record[1]))
            else:
                options.append(record)
        for heading, records in (("Arguments", arguments), ("Options", options)):
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


def new_app() -> typer.Typer:
    """Create the app of a verb. Its commands are to be of the class VerbCommand, described by their docstrings."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)


def new_group(help: str) -> typer.Typer:
    """Create the app of a verb that has several commands; without one of them it prints its help."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, help=help)
    app.callback(invoke_without_command=True)(require_command)
    return app


def require_command(ctx: typer.Context) -> None:
    """Print the help and exit with 2 when a group is used without one of its commands."""
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())
        raise typer.Exit(2)
