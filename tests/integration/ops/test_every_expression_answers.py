"""Every expression of every panel and rule, asked of a real Prometheus that scrapes a stream with articles in it."""

import http.server
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from kit.eventually import soon
from kit.ports import LOOPBACK, free_port
from kit.prometheus_queries import all_queries, without_data
from kit.scraping import scraping

pytestmark = [pytest.mark.integration, pytest.mark.timeout(420)]

RATES_WITHIN_S = 180  # the shortest window is a minute, and a rate needs two scrapes with articles between them

ARTICLE = """\
Harbour {number} closes after the storm

“Berth {number} is closed until further notice,” said Mara Kell, the port's director, on Monday. Ilvane Morrec of the
ferry line told reporters that no boat would sail before Thursday.

A spokesman said that {number} passengers had to wait. “We have seen worse,” Kell added.
"""


@pytest.fixture
def environment(kafka: str, topic_prefix: str, postgres_dsn: str) -> dict[str, str]:
    return {
        **os.environ,
        "QUOTEWIRE_KAFKA__BOOTSTRAP_SERVERS": kafka,
        "QUOTEWIRE_KAFKA__TOPIC_PREFIX": topic_prefix,
        "QUOTEWIRE_POSTGRES__DSN": postgres_dsn,
        "QUOTEWIRE_FETCH__ALLOW_PRIVATE": "true",
    }


@pytest.fixture
def stream(session_folder: Path, environment: dict[str, str]) -> Iterator[Path]:
    home = session_folder / "dashboards"
    command(environment, "up", "--home", str(home), "--detach")
    yield home
    command(environment, "down", "--home", str(home))


@pytest.fixture
def prometheus(stream: Path, environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    services = json.loads(command(environment, "status", "--home", str(stream), "--json"))["services"]
    with scraping(tmp_path, {one["name"]: [one["metrics_url"].split("/")[2]] for one in services}) as address:
        yield address


@pytest.fixture
def page() -> Iterator[str]:
    """The address of a page whose text is another one every time it is asked for."""
    visits = count(1)

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paragraphs = ARTICLE.format(number=next(visits)).split("\n\n")
            body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs[1:])
            page = (
                f"<html lang=en><title>{paragraphs[0]}</title><body><article><h1>{paragraphs[0]}</h1>{body}</article>"
            )
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer((LOOPBACK, free_port()), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{LOOPBACK}:{server.server_address[1]}/harbour/storm.html"
    server.shutdown()
    server.server_close()


def test_every_expression_of_every_panel_and_rule_has_an_answer(
    stream: Path, prometheus: str, page: str, environment: dict[str, str], tmp_path: Path
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    numbers = count(1)
    silent = list(all_queries())

    def all_answered() -> bool:
        number = next(numbers)
        (articles / f"{number}.txt").write_text(ARTICLE.format(number=number), encoding="utf8")
        command(environment, "ingest", "--home", str(stream), str(articles / f"{number}.txt"), page)
        silent[:] = without_data(prometheus, silent)
        assert not silent, [f"{question.where}: {question.query}" for question in silent]
        return True

    soon(all_answered, within=RATES_WITHIN_S)


def command(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "quotewire", *arguments], env=environment, capture_output=True, text=True, timeout=150
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
