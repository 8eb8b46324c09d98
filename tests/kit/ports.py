"""Free ports for what the tests start themselves: below those that the command chooses from.

A port that was chosen and is not bound yet is then not the command's choice.
"""

import random

from quotewire.local.ports import LOOPBACK, LOWEST, is_free

__all__ = ["LOOPBACK", "free_port"]

_ROOM = 9_000
_given: set[int] = set()


def free_port() -> int:
    """Return a port that is free now and that was not given out in this process before."""
    while True:
        port = random.randrange(LOWEST - _ROOM, LOWEST)
        if port not in _given and is_free(port):
            _given.add(port)
            return port
