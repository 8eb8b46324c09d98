"""`quotewire status`."""

import json
from typing import Annotated

import typer

from quotewire.local.home import Home, running_stream
from quotewire.local.state import StreamState, SupervisorPhase
from quotewire.options import HomeOption
from quotewire.output import OutputFormat, print_rows
from quotewire.verb_group import VerbCommand, new_app

app = new_app()


@app.command(cls=VerbCommand)
def status(
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> int:
    """Show what runs, at which addresses, and how much has gone through.

    The exit code is 0 when everything is ready, 1 when a part is not, 3 when nothing runs on this home.

    Example:
        quotewire status
        quotewire status --json | jq -r '.services[].metrics_url'
    """
    state = running_stream(home)
    ready = state.supervised() and state.phase is SupervisorPhase.RUNNING and all(one.ready for one in state.services)
    if as_json:
        print(json.dumps(_as_json(state), indent=1))
    else:
        _print_tables(state, Home(home))
    return 0 if ready else 1


def _as_json(state: StreamState) -> dict[str, object]:
    return {
        "phase": state.phase if state.supervised() else "unsupervised",
        "services": [
            {
                "name": one.name,
                "pid": one.pid,
                "ready": one.ready,
                "restarts": one.restarts,
                "metrics_url": one.metrics_url,
                "health_url": one.health_url,
                "log": one.log,
            }
            for one in state.services
        ],
        "kafka": state.kafka,
        "postgres": state.postgres,
        "supervisor": state.supervisor.pid if state.supervisor else None,
    }


def _print_tables(state: StreamState, home: Home) -> None:
    from quotewire.stream_counts import count_stream

    supervisor = f"supervisor {state.supervisor.pid}" if state.supervised() and state.supervisor else "NO SUPERVISOR"
    print(f"{home.root}: {state.phase if state.supervised() else 'unsupervised'}, {supervisor}\n")
    if not state.supervised():
        print("Nothing restarts a part that ends: `quotewire down`, then `quotewire up`.\n")
    rows = [
        {
            "part": one.name,
            "pid": one.pid,
            "state": one.doing or ("ready" if one.ready else "not ready"),
            "restarts": one.restarts,
            "address": {"kafka": state.kafka, "postgres": state.postgres}.get(one.name, one.metrics_url),
        }
        for one in (*state.parts, *state.services)
        if one.pid is not None
    ]
    print_rows(rows, ["part", "pid", "state", "restarts", "address"], OutputFormat.TABLE)
    counts = count_stream(*state.addresses())
    print()
    print_rows(
        [{"topic": name, "records": n} for name, n in counts.topics.items()], ["topic", "records"], OutputFormat.TABLE
    )
    print()
    print_rows([{"table": name, "rows": n} for name, n in counts.tables.items()], ["table", "rows"], OutputFormat.TABLE)
    for problem in counts.problems:
        print(f"not counted: {problem}")
    print(f"\nlogs: {home.logs}")
