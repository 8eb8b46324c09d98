"""`quotewire status`."""

import json
from typing import Annotated

import typer

from quotewire.local.home import Home, Phase, State
from quotewire.options import HomeOption
from quotewire.tables import Format, show


def status(
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> int:
    """Show what runs, where it answers, and how much has gone through.

    The exit code is 0 when everything is ready, 1 when a part is not, 3 when nothing runs on this home.

    Example:
        quotewire status
        quotewire status --json | jq -r '.services[].metrics_url'
    """
    state = Home.open(home)
    well = state.supervised() and state.phase is Phase.RUNNING and all(one.ready for one in state.services)
    if as_json:
        print(json.dumps(_for_programs(state), indent=1))
    else:
        _for_people(state, Home(home))
    return 0 if well else 1


def _for_programs(state: State) -> dict[str, object]:
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


def _for_people(state: State, home: Home) -> None:
    from quotewire.counts import count

    supervisor = f"supervisor {state.supervisor.pid}" if state.supervised() and state.supervisor else "NO SUPERVISOR"
    print(f"{home.root}: {state.phase if state.supervised() else 'unsupervised'}, {supervisor}\n")
    if not state.supervised():
        print("Nothing restarts what dies: `quotewire down`, then `quotewire up`.\n")
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
    show(rows, ["part", "pid", "state", "restarts", "address"], Format.TABLE)
    assert state.kafka is not None
    assert state.postgres is not None
    counts = count(state.kafka, state.postgres)
    print()
    show([{"topic": name, "records": n} for name, n in counts.topics.items()], ["topic", "records"], Format.TABLE)
    print()
    show([{"table": name, "rows": n} for name, n in counts.tables.items()], ["table", "rows"], Format.TABLE)
    for trouble in counts.away:
        print(f"not counted: {trouble}")
    print(f"\nlogs: {home.logs}")
