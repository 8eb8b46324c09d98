"""Shows how a stream comes up and goes on: a live table on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable
from typing import Protocol, TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from quotewire.local.home import PartState, Phase, State

_STANDING_EVERY = 5.0  # seconds between two plain lines about how things stand
_SAME_AGAIN = 2.0  # seconds between two plain lines of which only the numbers differ (a download)


class Progress(Protocol):
    """Something that is shown every new record of a supervisor; usable as a context."""

    def __enter__(self) -> "Progress":
        """Begin."""

    def __exit__(self, *error: object) -> None:
        """End, leaving the terminal as it was."""

    def show(self, state: State) -> None:
        """Show a record."""

    def note(self, line: str) -> None:
        """Show a line that stays."""

    def standing(self, line: str) -> None:
        """Show how things stand; the next such line takes its place."""


class PlainProgress:
    """One line for each change: seconds since the start, part, what it does."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock, self._began = out, clock, clock()
        self._told: dict[str, tuple[str, float]] = {}

    def __enter__(self) -> "PlainProgress":
        """Begin."""
        return self

    def __exit__(self, *error: object) -> None:
        """End: nothing to tidy."""

    def show(self, state: State) -> None:
        """Print a line for each part that does something new."""
        for part in (*state.parts, *state.services):
            doing = f"{part.doing} (restarts: {part.restarts})" if part.restarts else part.doing
            before, when = self._told.get(part.name, ("", 0.0))
            if not doing or doing == before:
                continue
            if _words(doing) == _words(before) and self._clock() - when < _SAME_AGAIN:
                continue
            self._told[part.name] = (doing, self._clock())
            print(f"{self._clock() - self._began:6.1f} s  {part.name:<9} {doing}", file=self._out, flush=True)

    def note(self, line: str) -> None:
        """Print the line."""
        print(line, file=self._out, flush=True)

    def standing(self, line: str) -> None:
        """Print the line when it is new, and not too often."""
        before, when = self._told.get("", ("", self._began))
        if line != before and self._clock() - when >= _STANDING_EVERY:
            self._told[""] = (line, self._clock())
            self.note(line)


class LiveProgress:
    """A table that is redrawn in place."""

    def __init__(self, out: TextIO) -> None:
        self._console = Console(file=out, highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=False)
        self._standing = ""
        self._state = State()

    def __enter__(self) -> "LiveProgress":
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Draw a last time and give the cursor back."""
        self._live.stop()

    def show(self, state: State) -> None:
        """Redraw."""
        self._state = state
        self._draw()

    def note(self, line: str) -> None:
        """Print the line above the table."""
        self._live.console.print(Text(line))

    def standing(self, line: str) -> None:
        """Replace the line below the table."""
        self._standing = line
        self._draw()

    def _draw(self) -> None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("part", "state", "restarts", "address"):
            table.add_column(heading, justify="right" if heading == "restarts" else "left")
        for part in (*self._state.parts, *self._state.services):
            style = "green" if part.ready else "red" if part.doing.startswith("ended") else "yellow"
            address = _address(part, self._state)
            table.add_row(part.name, Text(part.doing, style), str(part.restarts) if part.pid else "", Text(address))
        if self._standing:
            table.caption = Text(self._standing, style="bold")
            table.caption_justify = "left"
        self._live.update(table, refresh=True)


def progress(out: TextIO | None = None) -> Progress:
    """The right one for where the output goes (standard error, unless told otherwise)."""
    out = out if out is not None else sys.stderr
    return LiveProgress(out) if out.isatty() else PlainProgress(out)


def summary(state: State) -> str:
    """One line: how long the start took, and which step how long."""
    steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in state.took.items() if name != "all")
    return (
        f"ready after {state.took.get('all', 0):.1f} s ({steps})" if state.phase is Phase.RUNNING else state.phase.value
    )


def _address(part: PartState, state: State) -> str:
    if part.name == "kafka":
        return state.kafka or ""
    if part.name == "postgres":
        return (state.postgres or "").rpartition("@")[2]
    return part.metrics_url or ""


def _words(doing: str) -> str:
    return "".join(letter for letter in doing if not letter.isdigit())
