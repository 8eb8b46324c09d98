"""Functions that worker processes run in tests, for example with the initializer `kit.worker_functions:one_by_one`."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path


def one_by_one(greeting: str = "did") -> Callable[[list[str]], Iterator[str]]:
    """Do the action of each item, one after the other."""
    return lambda items: (_act(item, greeting) for item in items)


def all_at_once() -> Callable[[list[str]], Iterable[str]]:
    """Do all actions, then return the results."""
    return lambda items: [_act(item, "did") for item in items]


def fails_to_load() -> Callable[[list[str]], Iterable[str]]:
    """Fail while loading."""
    raise FileNotFoundError("no model en_wire: pip install it")


def killed_while_loading(folder: str, times: int) -> Callable[[list[str]], Iterator[str]]:
    """Get killed while loading, the given number of times."""
    starts = Path(folder) / "lives"
    before = starts.stat().st_size if starts.exists() else 0
    if before < times:
        starts.write_bytes(bytes(before + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return one_by_one()


def keeps_memory() -> Callable[[list[str]], Iterator[str]]:
    """Keep the memory of ``hold MIB`` for all later items, as a cache or a fragmented heap does."""
    held: list[bytearray] = []

    def act(item: str) -> str:
        action, _, mib = item.partition(" ")
        if action == "hold":
            held.append(bytearray().ljust(int(mib) << 20, b"x"))
            time.sleep(0.3)  # longer than the parent takes to see it
        return f"{os.getpid()} {len(held)}"

    return lambda items: (act(item) for item in items)


def _act(item: str, greeting: str) -> str:
    action, _, more = item.partition(" ")
    if action == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif action == "die_once":
        path = Path(more)
        if not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    elif action == "leave":
        os._exit(3)
    elif action == "hang":
        time.sleep(600)
    elif action == "eat":
        allocated = []
        while True:
            allocated.append(bytearray(10 << 20))
            time.sleep(0.002)
    elif action == "gulp":
        return str(len(bytearray(100 << 30)))
    elif action == "raise":
        raise ValueError("no such word\nin the text")
    elif action == "slow":
        time.sleep(float(more))
    elif action == "pid":
        return str(os.getpid())
    return f"{greeting} {item}"
