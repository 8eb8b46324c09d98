"""Free ports for what the tests start themselves.

They are below those that the command chooses from, and each worker of pytest-xdist has a tenth of them: so no other
process can choose a port that is not bound yet.
"""

import os
import random

from quotewire.local.ports import LOOPBACK, MIN_PORT, is_free

__all__ = ["LOOPBACK", "free_port"]

_WORKERS = 10
_PORTS = (MIN_PORT - 10_000) // _WORKERS
_FIRST = MIN_PORT - _PORTS * (1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS)
_given: set[int] = set()


def free_port() -> int:
    """Return a port that is free now and that this process has not returned before."""
    while True:
        port = random.randrange(_FIRST, _FIRST + _PORTS)
        if port not in _given and is_free(port):
            _given.add(port)
            return port
