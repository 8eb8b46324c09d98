"""A web server for every loopback address: answers are mutated from SIGUSR1 on, well-formed again from SIGUSR2 on.

    python -m hostile_web.server --seed 1 --mutated 0.7

Prints its port, then, once a second, how many answers it has sent.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import signal
from collections import Counter

from hostile_web.answers import Answer, answer_of
from hostile_web.mutations import mutate


class HostileServer:
    """Answers each request by its path, mutated with a probability; the dice are thrown per host, path and request."""

    def __init__(self, seed: int) -> None:
        self.answers = 0
        self.mutated = 0.0
        self._seed = seed
        self._requests: Counter[tuple[str, str]] = Counter()

    def mutate_from_now_on(self, share: float) -> None:
        """Mutate this share of the answers, and count from 0."""
        self.mutated = share
        self.answers = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request of a connection, and close it."""
        address, port = writer.get_extra_info("sockname")[:2]
        with contextlib.suppress(asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, IndexError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ")[1].decode("latin-1")
            poll = self._requests[address, path]
            self._requests[address, path] += 1
            answer = answer_of(path, f"{address}:{port}", poll)
            dice = random.Random(f"{self._seed} {address} {path} {poll}")
            if dice.random() < self.mutated:
                mutate(answer, dice)
            self.answers += 1
            await _send(writer, answer)
        with contextlib.suppress(OSError):
            writer.close()
            await writer.wait_closed()


async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
    data = answer.wire()[: answer.cut_at]
    step = max(1, len(data) // 5) if answer.drip else len(data) or 1
    for start in range(0, len(data), step):
        writer.write(data[start : start + step])
        await writer.drain()
        if answer.drip:
            await asyncio.sleep(0.1)


async def main() -> None:
    """Serve until ended."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--mutated", type=float, default=0.7, help="share of answers that are mutated")
    given = options.parse_args()
    hostile = HostileServer(given.seed)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, hostile.mutate_from_now_on, given.mutated)
    loop.add_signal_handler(signal.SIGUSR2, hostile.mutate_from_now_on, 0.0)
    everywhere = "0.0.0.0"  # every loopback address is a host of its own
    server = await asyncio.start_server(hostile.serve, everywhere, 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    while True:
        await asyncio.sleep(1)
        print(hostile.answers, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
