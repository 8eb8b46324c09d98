"""A short news day: two replicas and a dozen hosts, half of which misbehave, judged by the hosts' own log."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from kit.ingest_without_kafka import NO_BROKER

pytestmark = pytest.mark.integration

COMMAND = Path(__file__).parents[4] / "benchmarks/speed/news_day.py"


async def test_no_host_gets_two_requests_at_once_and_no_page_is_fetched_twice(postgres_dsn: str) -> None:
    """The first twelve hosts: six that are well, one that answers 429, 503, slowly, for ever, too much, half."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(COMMAND), "--hosts=12", "--articles=2", "--replicas=2", "--seconds=1", "--interval=2",
        "--within=150", "--once",
        env={**os.environ, "QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": NO_BROKER, "QUOTEWIRE_POSTGRES__DSN": postgres_dsn},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    printed = (await process.communicate())[0].decode()
    assert process.returncode == 0, printed
    assert "host violations 0, double reads 0" in printed
    assert "feeds without an article and without a reason: 0" in printed
    assert "published 16," in printed, printed
