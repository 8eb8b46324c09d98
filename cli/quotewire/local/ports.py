"""Free ports for the parts on this machine."""

import random
import socket
from collections.abc import Collection

# Above the usual ports of services, below Linux's ephemeral range (32768–60999). A client that reconnects to a port
# inside that range can be given the same port for its own end: it connects to itself, and the broker cannot bind it.
MIN_PORT = 20_000
MAX_PORT = 32_767
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
    """Return a free port between MIN_PORT and MAX_PORT that is not in `taken`.

    The choice is random, so two commands that start at the same moment seldom choose the same port.
    Raises RuntimeError when a thousand tries find none.
    """
    for _ in range(1000):
        port = random.randint(MIN_PORT, MAX_PORT)
        if port not in taken and is_free(port):
            return port
    raise RuntimeError(f"no free port between {MIN_PORT} and {MAX_PORT}")


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
