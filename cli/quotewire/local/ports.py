"""Free ports for the parts of one machine."""

import random
import socket
from collections.abc import Collection

# Above the ports that services are commonly given, below Linux's ephemeral range (32768–60999). A client that
# reconnects to a port inside that range can be handed the very same port as its own end and so connect to itself; the
# broker can then no longer bind it.
LOWEST = 20_000
HIGHEST = 32_767
LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether `port` can be bound now. Sets SO_REUSEADDR, as servers do, so that a port in TIME_WAIT counts as free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port(taken: Collection[int] = ()) -> int:
    """Return a free port between LOWEST and HIGHEST that is not in `taken`.

    The choice is random, not the first free one: two commands that start at the same moment seldom meet.
    Raises RuntimeError when a thousand tries find none.
    """
    for _ in range(1000):
        port = random.randint(LOWEST, HIGHEST)
        if port not in taken and is_free(port):
            return port
    raise RuntimeError(f"no free port between {LOWEST} and {HIGHEST}")


def free_ports(count: int) -> list[int]:
    """Return `count` different free ports."""
    ports: list[int] = []
    for _ in range(count):
        ports.append(free_port(ports))
    return ports


def accepts(port: int, host: str = LOOPBACK, within: float = 0.2) -> bool:
    """Whether something accepts connections on `port`, waiting `within` seconds at most."""
    try:
        with socket.create_connection((host, port), timeout=within):
            return True
    except OSError:
        return False
