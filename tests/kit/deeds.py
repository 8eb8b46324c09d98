"""What a worker process is told to do in tests: `kit.deeds:doer` is its initializer."""

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path


def doer(greeting: str = "did") -> Callable[[list[str]], Iterator[str]]:
    """Do each item's deed, one after the other."""
    return lambda items: (_do(item, greeting) for item in items)


def together() -> Callable[[list[str]], Iterable[str]]:
    """Do all deeds, and give the results only then."""
    return lambda items: [_do(item, "did") for item in items]


def broken() -> Callable[[list[str]], Iterable[str]]:
    """Cannot load."""
    raise FileNotFoundError("no model en_wire: pip install it")


def killed_loading(folder: str, times: int) -> Callable[[list[str]], Iterator[str]]:
    """Is killed while it loads, so many times."""
    lives = Path(folder) / "lives"
    before = lives.stat().st_size if lives.exists() else 0
    if before < times:
        lives.write_bytes(bytes(before + 1))
        os.kill(os.getpid(), signal.SIGKILL)
    return doer()


def _do(item: str, greeting: str) -> str:
    deed, _, more = item.partition(" ")
    if deed == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif deed == "die_once":
        path = Path(more)
        if not path.exists():
            path.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    elif deed == "leave":
        os._exit(3)
    elif deed == "hang":
        time.sleep(600)
    elif deed == "eat":
        held = []
        while True:
            held.append(bytearray(10 << 20))
            time.sleep(0.002)
    elif deed == "gulp":
        return str(len(bytearray(100 << 30)))
    elif deed == "raise":
        raise ValueError("no such word\nin the text")
    elif deed == "slow":
        time.sleep(float(more))
    elif deed == "pid":
        return str(os.getpid())
    return f"{greeting} {item}"
