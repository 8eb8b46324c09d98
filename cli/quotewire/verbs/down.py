"""`quotewire down`."""

import sys

from quotewire.local.errors import PartFailed
from quotewire.local.home import Home
from quotewire.local.processes import processes_of_home, terminate
from quotewire.local.state import SupervisorPhase
from quotewire.local.supervisor import stop_leftovers
from quotewire.options import HomeOption
from quotewire.verb_group import VerbCommand, new_app

app = new_app()
STOP_TIMEOUT_S = 60.0  # more than the 30 s that services have and the 20 s that Kafka and PostgreSQL have after them


@app.command(cls=VerbCommand)
def down(home: HomeOption = None) -> None:
    """Stop everything that `quotewire up` started on this home; what it holds stays for the next `up`.

    It also works after the supervisor itself was killed. That nothing runs is no error.

    Example:
        quotewire down
    """
    print(stop_stream(Home(home)))


def stop_stream(home: Home) -> str:
    """Stop everything of a home; return a line about it. Raises PartFailed when a process does not end."""
    state = home.read_state()
    if not state.supervised():
        count = stop_leftovers(home, state)
        if not count:
            return f"nothing runs on {home.root}"
        state.phase, state.supervisor = SupervisorPhase.STOPPED, None
        home.write_state(state)
        return f"{count} left-over processes stopped"
    assert state.supervisor is not None
    assert state.supervisor.identity is not None
    if sys.stderr.isatty():
        print("stopping: the services finish their batches, then Kafka and PostgreSQL stop …", file=sys.stderr)
    # Not its process group: a foreground `up` shares it with the other programs of a shell pipeline, `tee` for example.
    terminate([state.supervisor.identity], STOP_TIMEOUT_S, group=False)
    stop_leftovers(home, home.read_state(), within=0)
    if still := processes_of_home(home.root):
        raise PartFailed(f"processes {', '.join(str(one.pid) for one in still)} do not end; see {home.logs}")
    return f"stopped; everything is kept in {home.root}"
