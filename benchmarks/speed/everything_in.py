"""Submit inputs of every kind at once and kill a replica: each item must be published exactly once.

    python benchmarks/speed/everything_in.py [--each 400] [--hosts 40] [--replicas 3] [--within 600]

Replicas of ingest share a watched folder (texts, saved pages, a JSON Lines file), a WARC file and another JSON Lines
file that are submitted, ``each`` items of every kind, and the feeds of a site on loopback with ten articles per host.
Kafka, PostgreSQL and the services are real; when half is published, one replica gets SIGKILL and is not restarted.
The tables of ingest and every record on the topic are checked. Exits with 1 if an item was lost or published twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

import psycopg
from backing_services import BackingServices, backing_services
from news_site import page
from sample_articles import SampleArticle, articles
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
from wild_site import address

from kit.topic import records_on
from quotewire.local.ports import free_port
from quotewire_ingest.queue.client import JobCounts, submit
from quotewire_ingest.queue.targets import iter_items
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_schemas import codec
from quotewire_schemas.article import Article
from quotewire_schemas.topics import ARTICLE

HERE = Path(__file__).parent
KINDS = ("text", "page", "line", "fed", "record")
"""Texts, saved pages and lines of the watched folder; submitted lines; records of the submitted WARC file."""
ARTICLES = 10
"""Articles in the feed of each host; the last one appears after :data:`SECONDS`."""
SECONDS = 10


def items(kind: str, count: int) -> list[SampleArticle]:
    """Make articles with unique titles that name the item."""
    found = articles(count, seed=KINDS.index(kind) + 10, words=200)
    return [SampleArticle(sample.number, f"News of {kind} {sample.number}", sample.text) for sample in found]


def html(sample: SampleArticle) -> bytes:
    """Return a page with one article."""
    return page(sample, [], sample.number).encode()


def line(sample: SampleArticle) -> str:
    """Return a line of JSON Lines."""
    return json.dumps({"id": sample.title, "title": sample.title, "text": sample.text}) + "\n"


def write(folder: Path, each: int) -> list[Path]:
    """Write the watched folder and the files to submit; return these."""
    inbox = folder / "inbox"
    inbox.mkdir()
    for sample in items("text", each):
        (inbox / f"{sample.number}.txt").write_text(f"{sample.title}\n\n{sample.text}", "utf-8")
    for sample in items("page", each):
        (inbox / f"{sample.number}.html").write_bytes(html(sample))
    (inbox / "lines.jsonl").write_text("".join(map(line, items("line", each))), "utf-8")
    fed, warc = folder / "fed.jsonl", folder / "crawl.warc.gz"
    fed.write_text("".join(map(line, items("fed", each))), "utf-8")
    with warc.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for sample in items("record", each):
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            url = f"http://harbour-post.example/{sample.number}"
            body = BytesIO(html(sample))
            writer.write_record(writer.create_warc_record(url, "response", payload=body, http_headers=head))
    return [fed, warc]


@contextmanager
def running(backing: BackingServices, args: argparse.Namespace) -> Iterator[list[subprocess.Popen[Any]]]:
    """Run the site and the replicas; all are stopped at the end."""
    command = [sys.executable, str(HERE / "wild_site.py"), "--well", "--log", str(backing.folder / "requests.jsonl")]
    command += [f"--hosts={args.hosts}", f"--articles={ARTICLES}", f"--seconds={SECONDS}"]
    processes: list[subprocess.Popen[Any]] = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True)]
    try:
        assert processes[0].stdout is not None
        port = int(processes[0].stdout.readline())
        entries = [f"- id: host-{n}\n  feeds: ['http://{address(n)}:{port}/feed.xml']" for n in range(args.hosts)]
        entries.append(f"- id: inbox\n  folders: ['{backing.folder / 'inbox'}']")
        (backing.folder / "sources.yaml").write_text("sources:\n" + "\n".join(entries) + "\n", "utf-8")
        for number in range(args.replicas):
            env = backing.env(
                HTTP__PORT=str(free_port()), HEARTBEAT__EVERY_S="0", FETCH__ALLOW_PRIVATE="true",
                FETCH__CONTACT="mailto:desk@host.example", WORK__HOST_PAUSE_S="0.2",
                SOURCES__FILE=str(backing.folder / "sources.yaml"), SOURCES__LEAST_INTERVAL_S="5",
                SOURCES__MOST_INTERVAL_S="10", SOURCES__FOLDER_LOOK_S="1",
            )  # fmt: skip
            with (backing.folder / f"ingest-{number}.log").open("wb") as out:
                processes.append(
                    subprocess.Popen([sys.executable, "-m", "quotewire_ingest"], env=env, stdout=out, stderr=out)
                )
        yield processes[1:]
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait()


def count(backing: BackingServices, statement: str) -> int:
    """Return the number that a statement gives."""
    with psycopg.connect(backing.postgres) as database:
        return int((database.execute(statement.encode()).fetchone() or (0,))[0] or 0)


def wait(backing: BackingServices, published: int, until: float) -> bool:
    """Wait until so many articles are published; return False if ``until`` comes first."""
    while time.monotonic() < until:
        if count(backing, "SELECT count(*) FROM ingest.inputs WHERE outcome = 'published'") >= published:
            return True
        time.sleep(0.5)
    return False


async def on_topic(backing: BackingServices) -> list[tuple[str, Article]]:
    """Return the ``ce_id`` and the article of every record on the topic."""
    found = await records_on(KafkaSettings(bootstrap_servers=backing.kafka), ARTICLE)
    return [(dict(one.headers)["ce_id"].decode(), codec.decode(Article, one.value)) for one in found]


def expected_names(args: argparse.Namespace) -> list[str]:
    """Return the name of every item: its title, or the host and path of its page."""
    own = [f"News of {kind} {number}" for kind in KINDS for number in range(args.each)]
    return own + [f"{address(host)}/news/{number}" for host in range(args.hosts) for number in range(ARTICLES)]


def item_name(article: Article) -> str:
    """Return the item of an article: its title (of a text: the first line) or, from a feed, its host and path."""
    title = article.title or article.text.partition("\n")[0]
    if title.startswith("News of "):
        return title
    where = urlsplit(article.url or "")
    return f"{where.hostname}{where.path}"


def audit(backing: BackingServices, args: argparse.Namespace) -> list[str]:
    """Print the counts; describe what is wrong."""
    records = asyncio.run(on_topic(backing))
    revisions: defaultdict[str, set[str]] = defaultdict(set)
    for ce_id, article in records:
        revisions[item_name(article)].add(ce_id)
    expected = expected_names(args)
    lost = [title for title in expected if title not in revisions]
    twice = [title for title, ids in revisions.items() if len(ids) > 1]
    foreign = revisions.keys() - set(expected)
    by_id = Counter(ce_id.partition(":")[0] for ce_id in {ce_id for ce_id, _ in records})
    doubled = [article_id for article_id, times in by_id.items() if times > 1]
    tables = {
        "articles": "SELECT count(*) FROM ingest.articles",
        "their highest revision": "SELECT max(revision) FROM ingest.articles",
        "raw bytes kept": "SELECT count(*) FROM ingest.raw",
        "inputs without an outcome": "SELECT count(*) FROM ingest.inputs WHERE outcome IS NULL",
        "rejected": "SELECT count(*) FROM ingest.inputs WHERE outcome = 'rejected'",
        "not yet sent": "SELECT count(*) FROM ingest.outbox",
    }
    found = {name: count(backing, statement) for name, statement in tables.items()}
    print(f"{len(expected)} items; tables: " + ", ".join(f"{name} {number}" for name, number in found.items()))
    print(
        f"topic: {len(records)} records, {len(records) - len({ce_id for ce_id, _ in records})} of them sent again with"
        f" the same ce_id; lost {len(lost)}, published twice {len(twice)}, article ids with two records {len(doubled)}"
    )
    right = dict(zip(tables, (len(expected), 1, len(expected), 0, 0, 0), strict=True))
    wrong = [f"{name}: {found[name]} and not {right[name]}" for name in tables if found[name] != right[name]]
    wrong += [f"lost: {title}" for title in lost] + [f"twice: {title}" for title in twice]
    return wrong + [f"unexpected: {title}" for title in foreign] + [f"two records: {one}" for one in doubled]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=400, help="items of each of the five kinds that are files")
    parser.add_argument("--hosts", type=int, default=40, help="hosts with ten articles each")
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--within", type=float, default=600, help="seconds after which it ends in any case")
    args = parser.parse_args()
    with backing_services() as backing:
        fed = write(backing.folder, args.each)
        total, began = len(expected_names(args)), time.monotonic()
        counts: list[JobCounts] = []
        with running(backing, args) as replicas:
            feeder = threading.Thread(
                target=lambda: counts.append(submit(backing.postgres, iter_items(fed))), daemon=True
            )
            feeder.start()
            wait(backing, total // 2, began + args.within)
            replicas[0].kill()
            half = time.monotonic() - began
            done = wait(backing, total, began + args.within)
            whole = time.monotonic() - began
            while count(backing, "SELECT count(*) FROM ingest.outbox") and time.monotonic() < began + args.within:
                time.sleep(0.5)
            feeder.join(10)
        print(f"{args.replicas} replicas, one killed after {half:.0f} s, all done after {whole:.0f} s: {done}")
        print(f"fed: {counts[0].describe() if counts else 'not done'}")
        wrong = audit(backing, args)
    print("\n".join(wrong[:20]) or "each was published exactly once")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
