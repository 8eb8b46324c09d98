"""Articles per second through Kafka beside the bare pipeline, in one run.

    python benchmarks/speed/stream.py [--articles 600] [--processes 1] [--rounds 3] [--words 400] [--corpus FOLDER]

Both sides annotate the same texts with the same pipeline in the same number of processes. The bare side is
``nlp.pipe(texts, n_process=…)`` with its models loaded and warm; the Kafka side is the extract service reading
``news.article.v1`` and writing ``news.article.enriched.v1`` and ``news.quote.v1`` on a real broker, counted from its
first finished batch to its last. The sides alternate and the ratio is taken per round, so that a change of the
machine's speed affects both.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from backing_services import BackingServices, backing_services
from sample_articles import articles

from quotewire_schemas import Article, Change, Origin, encode
from quotewire_schemas.topics import ARTICLE, CE_ARTICLE, ENRICHED, spec

MAX_REQUEST_BYTES = 8 * 2**20  # bytes that a client fetches or sends at once: more than the largest record

BARE = """
import sys, time, json, spacy
texts, processes = json.load(sys.stdin), int(sys.argv[1])
nlp = spacy.load("en_wire")
list(nlp.pipe(texts[:32]))
def run(batch):
    if processes == 1:
        return sum(len(doc.ents) for doc in nlp.pipe(batch))
    return sum(len(doc.ents) for doc in nlp.pipe(batch, n_process=processes, batch_size=16))
first = texts[: 16 * processes]
started = time.perf_counter()
if processes > 1:
    run(first)
spent = time.perf_counter() - started   # starting the processes: not counted against the bare side
started = time.perf_counter()
run(texts)
print(max(1e-9, time.perf_counter() - started - (spent if processes > 1 else 0)))
"""


def record(number: int, text: str) -> Article:
    now = datetime.now(UTC)
    return Article(
        article_id=f"bench-{number}",
        revision=1,
        change=Change.CREATED,
        origin=Origin.BACKFILL,
        source_id="bench",
        language="en",
        text=text,
        fetched_at=now,
        ingested_at=now,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        reader_version="bench",
    )


def texts_of(a: argparse.Namespace) -> list[str]:
    if a.corpus:
        files = sorted(a.corpus.rglob("*.txt"))
        return [files[i % len(files)].read_text("utf-8") for i in range(a.articles)]
    return [sample.text for sample in articles(a.articles, words=a.words)]


def bare(texts: Sequence[str], processes: int) -> float:
    """Return the articles per second of the pipeline alone."""
    import json

    done = subprocess.run(
        [sys.executable, "-c", BARE, str(processes)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return len(texts) / float(done.stdout)


async def publish(backing: BackingServices, prefix: str, texts: Sequence[str]) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=backing.kafka, max_request_size=MAX_REQUEST_BYTES, compression_type="zstd", linger_ms=20
    )
    await producer.start()
    headers = [("ce_type", CE_ARTICLE.encode()), ("ce_id", b"bench")]
    sent = [
        await producer.send(f"{prefix}{ARTICLE}", encode(record(i, text)), key=f"bench-{i}".encode(), headers=headers)
        for i, text in enumerate(texts)
    ]
    await asyncio.gather(*sent)
    await producer.stop()


async def finished(backing: BackingServices, prefix: str, count: int) -> list[float]:
    """Wait for every enriched record; return their timestamps in seconds, sorted."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=backing.kafka, auto_offset_reset="earliest", max_partition_fetch_bytes=MAX_REQUEST_BYTES
    )
    await consumer.start()
    consumer.assign([TopicPartition(f"{prefix}{ENRICHED}", p) for p in range(spec(ENRICHED).partitions)])
    stamps: list[float] = []
    while len(stamps) < count:
        for messages in (await consumer.getmany(timeout_ms=500)).values():
            stamps += [message.timestamp / 1000 for message in messages]
    await consumer.stop()
    return sorted(stamps)


def through_kafka(backing: BackingServices, number: int, texts: Sequence[str], processes: int) -> float:
    """Return the articles per second of the service."""
    return rate_of(stamps_through_kafka(backing, number, texts, processes))


def rate_of(stamps: Sequence[float]) -> float:
    """Return the articles per second from the end of the first batch to that of the last."""
    first_batch_end = stamps[0] + 0.25  # records of one batch are produced almost at the same time
    later = [stamp for stamp in stamps if stamp > first_batch_end]
    return len(later) / (stamps[-1] - stamps[0])


def stamps_through_kafka(
    backing: BackingServices,
    number: int,
    texts: Sequence[str],
    processes: int,
    port: int = 0,
    at_end: Callable[[], None] = lambda: None,
) -> list[float]:
    """Annotate the texts with the service; return when each result was produced, in seconds since 1970, sorted.

    ``at_end`` is called while the service is still running.
    """
    prefix = f"round{number}."
    backing.run("topics", "apply", KAFKA__TOPIC_PREFIX=prefix)
    asyncio.run(publish(backing, prefix, texts))
    env = backing.env(KAFKA__TOPIC_PREFIX=prefix, HTTP__PORT=str(port), EXTRACT__WORKERS=str(processes))
    with (backing.folder / f"extract-{number}.log").open("wb") as log:
        service = subprocess.Popen([sys.executable, "-m", "quotewire_extract"], env=env, stdout=log, stderr=log)
        try:
            stamps = asyncio.run(asyncio.wait_for(finished(backing, prefix, len(texts)), 1200))
            at_end()
            return stamps
        finally:
            service.terminate()
            service.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=600)
    parser.add_argument("--words", type=int, help="words of each article [default: real lengths]")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--corpus", type=Path, help="a folder of .txt files to use instead of invented articles")
    a = parser.parse_args()
    texts = texts_of(a)
    words = sum(len(text.split()) for text in texts) / len(texts)
    print(f"{len(texts)} articles of {words:.0f} words on average, {a.processes} process(es)")
    print(f"{'round':>5} {'bare/s':>8} {'kafka/s':>8} {'ratio':>6}")
    ratios = []
    with backing_services(postgres=False) as backing:
        for number in range(a.rounds):
            alone, streamed = bare(texts, a.processes), through_kafka(backing, number, texts, a.processes)
            ratios.append(streamed / alone)
            print(f"{number + 1:>5} {alone:>8.1f} {streamed:>8.1f} {ratios[-1]:>6.2f}", flush=True)
    print(f"median ratio {median(ratios):.2f}")


if __name__ == "__main__":
    started = time.monotonic()
    main()
    print(f"took {time.monotonic() - started:.0f} s")
