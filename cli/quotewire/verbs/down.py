"""`quotewire down`."""

import sys

from quotewire.local.errors import PartFailed
from quotewire.local.home import Home, Phase
from quotewire.local.process import end, marked
from quotewire.local.supervisor import sweep
from quotewire.options import HomeOption

PATIENCE = 60.0  # seconds: the services get 30 and Kafka and PostgreSQL 20 of their own


def down(home: HomeOption = None) -> int:
    """Stop everything that `quotewire up` started on this home; what it holds stays for the next `up`.

    Works, too, when the supervisor itself was killed. With nothing running there is nothing to do: no error.

    Example:
        quotewire down
    """
    print(stop(Home(home)))
    return 0


def stop(place: Home) -> str:
    """Stop everything of a home and return what to tell. Raises PartFailed when a process does not end."""
    state = place.state()
    if not state.supervised():
        left = sweep(place, state)
        if not left:
            return f"nothing runs on {place.root}"
        state.phase, state.supervisor = Phase.STOPPED, None
        place.write(state)
        return f"{left} left-over processes stopped"
    assert state.supervisor is not None
    assert state.supervisor.identity is not None
    if sys.stderr.isatty():
        print("stopping: the services finish what they hold, then Kafka and PostgreSQL go …", file=sys.stderr)
    # Not its group: a foreground `up` shares it with what a shell has put beside it, `tee` for example.
    end([state.supervisor.identity], PATIENCE, group=False)
    sweep(place, place.state(), within=0)
    if still := marked(place.root):
        raise PartFailed(f"processes {', '.join(str(one.pid) for one in still)} do not end; see {place.logs}")
    return f"stopped; everything is kept in {place.root}"
