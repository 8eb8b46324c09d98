"""Break a running stream, one fault after the other, and say what the dashboards and alerts show within a minute.

    make faults                       # all of them, some 20 minutes
    make faults ARGS="kafka hang"     # these

Prints a table in Markdown: what of the dashboard *Quotewire: the stream* left its calm numbers, and which alerts were
on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping

from faults.breaking import FAULTS, Fault
from faults.dashboard import Change, Line, Series, alerts, distance, look, moved
from faults.stream import Stream, running
from kit.eventually import soon
from kit.scraping import scraping

CALM_S = 75.0
"""Seconds of calm before the first fault: the shortest window of a rate is a minute."""
LOOK_EVERY_S = 5.0
WITHIN_S = 60.0
"""A person should know within a minute."""
MENDED_S = 75.0
"""Seconds between two faults: the windows of the rates must have left the last one behind."""
PRESENT = ("StageDown", "StageNotReady", "StagePaused", "OutboxFull", "HeartbeatLate")
"""Alerts that speak of now; the others look back minutes or an hour, and what is on before a fault is not counted."""


def main() -> int:
    """Run the faults that are named; 1 if one of them showed nowhere."""
    parser = argparse.ArgumentParser(prog="faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="fault", help=f"{', '.join(FAULTS)}; all where none is named")
    names = parser.parse_args().names or list(FAULTS)
    if unknown := set(names) - set(FAULTS):
        parser.error(f"no fault {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    silent = []
    with running() as stream:
        targets = {name: [f"127.0.0.1:{service.port}"] for name, service in stream.running.items()}
        with scraping(stream.folder, targets) as prometheus:
            _say("| fault | alerts, and seconds until then | the dashboard: calm → farthest within a minute | /ready |")
            _say("|---|---|---|---|")
            calm = _calm(prometheus, CALM_S)
            for name in names:
                if not _show(stream, prometheus, FAULTS[name], calm):
                    silent.append(name)
                if name != names[-1]:
                    soon(lambda: not any(name.startswith(PRESENT) for name in alerts(prometheus)), within=300)
                    calm = _calm(prometheus, MENDED_S)
    if silent:
        sys.stderr.write(f"faults: nothing showed {', '.join(silent)}\n")
    return 1 if silent else 0


def _calm(prometheus: str, seconds: float) -> list[Series]:
    """What the dashboard shows in calm times, in the last half of `seconds`."""
    time.sleep(seconds / 2)
    seen: list[Series] = []
    end = time.monotonic() + seconds / 2
    while time.monotonic() < end:
        seen.append(look(prometheus))
        time.sleep(LOOK_EVERY_S)
    return seen


def _show(stream: Stream, prometheus: str, fault: Fault, calm: list[Series]) -> bool:
    before = set(alerts(prometheus))
    began = time.monotonic()
    fault.make(stream)
    first: dict[str, tuple[float, str]] = {}
    changes: dict[Line, Change] = {}
    while (passed := time.monotonic() - began) < WITHIN_S:
        for name, state in alerts(prometheus).items():
            if name in before:
                continue
            first[name] = (first.get(name, (passed, state))[0], state)
        for line, change in moved(calm, look(prometheus)).items():
            if line not in changes or distance(change) > distance(changes[line]):
                changes[line] = change
        time.sleep(LOOK_EVERY_S)
    why = _why(stream)
    fault.mend(stream)
    on = [f"{name} {state} ({at:.0f} s)" for name, (at, state) in sorted(first.items())]
    _say(f"| {fault.title} | {'; '.join(on) or '–'} | {_told(changes)} | {why or '–'} |")
    return bool(first or changes)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _told(changes: Mapping[Line, Change]) -> str:
    panels: dict[str, list[str]] = {}
    for (panel, line), (before, after) in sorted(changes.items()):
        panels.setdefault(panel, []).append(f"{line} {_number(before)} → {_number(after)}")
    return "<br>".join(f"*{panel}*: {', '.join(lines)}" for panel, lines in panels.items()) or "–"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"


def _why(stream: Stream) -> str:
    """What the services say of themselves."""
    told = []
    for name, service in stream.running.items():
        status, body = service.get("/ready")
        if status != 200:
            told.append(f"{name}: {json.loads(body).get('why', '') if body else 'does not answer'}")
    return "; ".join(told).replace("|", "/")


if __name__ == "__main__":
    sys.exit(main())
