"""Inject faults into a running stream, one after the other, and report what dashboard and alerts show within a minute.

    make faults                       # all of them, some 20 minutes
    make faults ARGS="kafka hang"     # these

Prints a table in Markdown: which numbers of the dashboard *Quotewire: the stream* changed, and which alerts were on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping

from faults.dashboard import Change, Line, Series, alerts, change_size, changed_lines, read_dashboard
from faults.definitions import FAULTS, Fault
from faults.stream import Stream, running
from kit.eventually import soon
from kit.scraping import scraping

BASELINE_S = 75.0
"""Seconds without a fault before the first one: the shortest window of a rate is a minute."""
POLL_INTERVAL_S = 5.0
NOTICE_WITHIN_S = 60.0
"""An operator should notice a fault within a minute."""
SETTLE_S = 75.0
"""Seconds between two faults: the last one must be outside the windows of the rates."""
PRESENT_ALERTS = ("StageDown", "StageNotReady", "StagePaused", "OutboxFull", "HeartbeatLate")
"""Alerts about the present; the others cover minutes or an hour, and those on before a fault are not counted."""


def main() -> int:
    """Run the named faults; return 1 if one of them was not visible."""
    parser = argparse.ArgumentParser(prog="faults", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="fault", help=f"{', '.join(FAULTS)}; default: all")
    names = parser.parse_args().names or list(FAULTS)
    if unknown := set(names) - set(FAULTS):
        parser.error(f"no fault {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    silent = []
    with running() as stream:
        targets = {name: [f"127.0.0.1:{service.port}"] for name, service in stream.running.items()}
        with scraping(stream.folder, targets) as prometheus:
            _print(
                "| fault | alerts, and seconds until then | dashboard: before → largest change in a minute | /ready |"
            )
            _print("|---|---|---|---|")
            baseline = _baseline(prometheus, BASELINE_S)
            for name in names:
                if not _show(stream, prometheus, FAULTS[name], baseline):
                    silent.append(name)
                if name != names[-1]:
                    soon(lambda: not any(name.startswith(PRESENT_ALERTS) for name in alerts(prometheus)), within=300)
                    baseline = _baseline(prometheus, SETTLE_S)
    if silent:
        sys.stderr.write(f"faults: nothing showed {', '.join(silent)}\n")
    return 1 if silent else 0


def _baseline(prometheus: str, seconds: float) -> list[Series]:
    """Read the dashboard without a fault, in the second half of `seconds`."""
    time.sleep(seconds / 2)
    seen: list[Series] = []
    end = time.monotonic() + seconds / 2
    while time.monotonic() < end:
        seen.append(read_dashboard(prometheus))
        time.sleep(POLL_INTERVAL_S)
    return seen


def _show(stream: Stream, prometheus: str, fault: Fault, baseline: list[Series]) -> bool:
    before = set(alerts(prometheus))
    began = time.monotonic()
    fault.inject(stream)
    first: dict[str, tuple[float, str]] = {}
    changes: dict[Line, Change] = {}
    while (passed := time.monotonic() - began) < NOTICE_WITHIN_S:
        for name, state in alerts(prometheus).items():
            if name in before:
                continue
            first[name] = (first.get(name, (passed, state))[0], state)
        for line, change in changed_lines(baseline, read_dashboard(prometheus)).items():
            if line not in changes or change_size(change) > change_size(changes[line]):
                changes[line] = change
        time.sleep(POLL_INTERVAL_S)
    why = _unready_reasons(stream)
    fault.end(stream)
    on = [f"{name} {state} ({at:.0f} s)" for name, (at, state) in sorted(first.items())]
    _print(f"| {fault.title} | {'; '.join(on) or '–'} | {_describe(changes)} | {why or '–'} |")
    return bool(first or changes)


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _describe(changes: Mapping[Line, Change]) -> str:
    panels: dict[str, list[str]] = {}
    for (panel, line), (before, after) in sorted(changes.items()):
        panels.setdefault(panel, []).append(f"{line} {_number(before)} → {_number(after)}")
    return "<br>".join(f"*{panel}*: {', '.join(lines)}" for panel, lines in panels.items()) or "–"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.3g}"


def _unready_reasons(stream: Stream) -> str:
    """Return why services are not ready, as they report it."""
    reasons = []
    for name, service in stream.running.items():
        status, body = service.get("/ready")
        if status != 200:
            reasons.append(f"{name}: {json.loads(body).get('why', '') if body else 'does not answer'}")
    return "; ".join(reasons).replace("|", "/")


if __name__ == "__main__":
    sys.exit(main())
