"""Shows the start and the state of a stream: a live table on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable
from typing import Protocol, TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from quotewire.local.state import PartState, StreamState, SupervisorPhase

_STATUS_INTERVAL_S = 5.0  # between two status lines, where each is a line of its own
_REPEAT_INTERVAL_S = 2.0  # between two plain lines in which only the numbers differ (a download)


class Progress(Protocol):
    """Shows every new record of a supervisor; a context manager."""

    def __enter__(self) -> "Progress":
        """Begin."""

    def __exit__(self, *error: object) -> None:
        """End, leaving the terminal as it was."""

    def show(self, state: StreamState) -> None:
        """Show a record."""

    def note(self, line: str) -> None:
        """Print a line that stays."""

    def status(self, line: str) -> None:
        """Show the status line; the next one replaces it."""


class PlainProgress:
    """Prints one line for each change: seconds since the start, part, what it does."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out, self._clock, self._began = out, clock, clock()
        self._printed: dict[str, tuple[str, float]] = {}

    def __enter__(self) -> "PlainProgress":
        """Begin."""
        return self

    def __exit__(self, *error: object) -> None:
        """End: nothing to clean up."""

    def show(self, state: StreamState) -> None:
        """Print a line for each part that does something new."""
        for part in (*state.parts, *state.services):
            doing = f"{part.doing} (restarts: {part.restarts})" if part.restarts else part.doing
            before, printed_at = self._printed.get(part.name, ("", 0.0))
            if not doing or doing == before:
                continue
            same = _without_digits(doing) == _without_digits(before)
            if same and self._clock() - printed_at < _REPEAT_INTERVAL_S:
                continue
            self._printed[part.name] = (doing, self._clock())
            print(f"{self._clock() - self._began:6.1f} s  {part.name:<9} {doing}", file=self._out, flush=True)

    def note(self, line: str) -> None:
        """Print the line."""
        print(line, file=self._out, flush=True)

    def status(self, line: str) -> None:
        """Print the line when it is new, every _STATUS_INTERVAL_S at most."""
        before, printed_at = self._printed.get("", ("", self._began))
        if line != before and self._clock() - printed_at >= _STATUS_INTERVAL_S:
            self._printed[""] = (line, self._clock())
            self.note(line)


class LiveProgress:
    """Draws a table again and again in the same place."""

    def __init__(self, out: TextIO) -> None:
        self._console = Console(file=out, highlight=False)
        self._live = Live(console=self._console, auto_refresh=False, transient=False)
        self._status = ""
        self._state = StreamState()

    def __enter__(self) -> "LiveProgress":
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Draw a last time and restore the cursor."""
        self._live.stop()

    def show(self, state: StreamState) -> None:
        """Redraw."""
        self._state = state
        self._draw()

    def note(self, line: str) -> None:
        """Print the line above the table."""
        self._live.console.print(Text(line))

    def status(self, line: str) -> None:
        """Replace the line below the table."""
        self._status = line
        self._draw()

    def _draw(self) -> None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("part", "state", "restarts", "address"):
            table.add_column(heading, justify="right" if heading == "restarts" else "left")
        for part in (*self._state.parts, *self._state.services):
            style = "green" if part.ready else "red" if part.doing.startswith("ended") else "yellow"
            address = _address(part, self._state)
            table.add_row(part.name, Text(part.doing, style), str(part.restarts) if part.pid else "", Text(address))
        if self._status:
            table.caption = Text(self._status, style="bold")
            table.caption_justify = "left"
        self._live.update(table, refresh=True)


def open_progress(out: TextIO | None = None) -> Progress:
    """Return the Progress that suits the output (default: standard error)."""
    out = out if out is not None else sys.stderr
    return LiveProgress(out) if out.isatty() else PlainProgress(out)


def startup_summary(state: StreamState) -> str:
    """One line: how long the start took, and each of its steps."""
    steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in state.took.items() if name != "all")
    return (
        f"ready after {state.took.get('all', 0):.1f} s ({steps})"
        if state.phase is SupervisorPhase.RUNNING
        else state.phase.value
    )


def _address(part: PartState, state: StreamState) -> str:
    if part.name == "kafka":
        return state.kafka or ""
    if part.name == "postgres":
        return (state.postgres or "").rpartition("@")[2]
    return part.metrics_url or ""


def _without_digits(text: str) -> str:
    return "".join(character for character in text if not character.isdigit())
