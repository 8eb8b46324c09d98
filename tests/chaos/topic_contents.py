"""Read everything on the stream's topics, for the audit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import ConsumerRecord, TopicPartition

from chaos.poison import FUZZ, KEY, MARK
from kit.quote_consumer import QuoteConsumer
from quotewire_runtime.config.settings import KafkaSettings
from quotewire_runtime.kafka.client import new_consumer
from quotewire_runtime.kafka.dead_letter import DEAD_LETTER_TOPICS
from quotewire_runtime.kafka.headers import OFFSET, PARTITION, REASON, STAGE, TOPIC, text_of
from quotewire_schemas import Article, EnrichedArticle, Origin, Quote, decode
from quotewire_schemas.topics import ARTICLE, CE_QUOTE, ENRICHED, QUOTE, Topics, spec

Dead = tuple[str, ...]
"""Stage and reason of a dead letter, and its origin: `poison`, `fuzz`, or the beginning of an article's id."""


@dataclass
class TopicContents:
    """The records on the topics, and what is wrong with their order."""

    articles: dict[tuple[str, int], Article] = field(default_factory=dict)
    enriched: dict[tuple[str, int], EnrichedArticle] = field(default_factory=dict)
    quotes: set[tuple[str, int]] = field(default_factory=set)
    """quote_id and annotator_release."""
    quote_consumer: QuoteConsumer = field(default_factory=QuoteConsumer)
    """Holds the quotations that are valid on their topic."""
    repeated: Counter[str] = field(default_factory=Counter)
    """Records per topic whose ce_id occurred before."""
    records: Counter[str] = field(default_factory=Counter)
    out_of_order: list[str] = field(default_factory=list)
    dead: Counter[Dead] = field(default_factory=Counter)
    dead_letters: dict[tuple[str, int, int], tuple[str, str]] = field(default_factory=dict)
    """Stage and reason of each dead letter, by the location of the rejected record."""
    enriched_ids: set[str] = field(default_factory=set)
    """Every key on the enriched topic, also of poison."""
    arrived_at: dict[tuple[str, int, int], float] = field(default_factory=dict)
    """When each record arrived on a topic that stages consume, in seconds since 1970."""
    ends: dict[tuple[str, int], int] = field(default_factory=dict)
    """Number of records in each partition of the topics that stages consume."""


async def read(settings: KafkaSettings) -> TopicContents:
    """Read all topics from the beginning to their current ends."""
    contents = TopicContents()
    for name in (ARTICLE, ENRICHED, QUOTE):
        seen: set[str] = set()
        newest: dict[str, int] = {}
        for record in await _records(settings, name, contents if name != QUOTE else None):
            if name != QUOTE:
                contents.arrived_at[record.topic, record.partition, record.offset] = record.timestamp / 1000
            if name == ENRICHED:
                contents.enriched_ids.add((record.key or b"").decode("utf-8", "replace"))
            if _origin_of(record) in (KEY, FUZZ):
                continue
            contents.records[name] += 1
            if name == QUOTE:
                contents.quote_consumer.handle([record])
            ce_id = text_of(record.headers, "ce_id") or ""
            if ce_id in seen:
                contents.repeated[name] += 1
                continue
            seen.add(ce_id)
            _add_record(contents, name, record, newest)
    for name in sorted(DEAD_LETTER_TOPICS):
        for record in await _records(settings, name):
            topic, *location = (text_of(record.headers, header) for header in (TOPIC, PARTITION, OFFSET))
            source = (str(topic), int(location[0] or -1), int(location[1] or -1))
            if source not in contents.dead_letters:  # a stage that is killed may reject a record twice
                stage, reason = (text_of(record.headers, header) or "?" for header in (STAGE, REASON))
                contents.dead_letters[source] = (stage, reason)
                contents.dead[stage, reason, _origin_of(record)] += 1
    return contents


def _origin_of(record: ConsumerRecord[bytes, bytes]) -> str:
    """Return `poison`, `fuzz`, or the beginning of an article's id."""
    key = (record.key or b"").decode("utf-8", "replace")
    return text_of(record.headers, MARK) or (FUZZ if key.startswith(f"{KEY}-{FUZZ}") else key.split("-")[0])


def _add_record(
    contents: TopicContents, name: str, record: ConsumerRecord[bytes, bytes], newest: dict[str, int]
) -> None:
    """Add a record that occurs for the first time; it is out of order if a newer one came before it."""
    if name == ARTICLE:
        article = decode(Article, record.value)
        if article.origin == Origin.HEARTBEAT:
            return
        contents.articles[article.article_id, article.revision] = article
        article_id, revision = article.article_id, article.revision
    elif name == ENRICHED:
        enriched = decode(EnrichedArticle, record.value)
        if enriched.article.origin == Origin.HEARTBEAT:
            return
        article_id, revision = enriched.article.article_id, enriched.article.revision
        kept = contents.enriched.get((article_id, revision))
        if kept is None or kept.annotation.annotator_release <= enriched.annotation.annotator_release:
            contents.enriched[article_id, revision] = enriched
    else:
        if text_of(record.headers, "ce_type") != CE_QUOTE:
            return
        quote = decode(Quote, record.value)
        contents.quotes.add((quote.quote_id, quote.annotator_release))
        article_id, revision = quote.article_id, quote.revision
    if revision < newest.get(article_id, 0):
        contents.out_of_order.append(f"{name}: revision {revision} of {article_id} after {newest[article_id]}")
    newest[article_id] = max(revision, newest.get(article_id, 0))


async def _records(
    settings: KafkaSettings, name: str, contents: TopicContents | None = None
) -> Sequence[ConsumerRecord[bytes, bytes]]:
    topic = Topics(settings.topic_prefix).named(name)
    consumer = new_consumer(settings)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(spec(name).partitions)]
        consumer.assign(partitions)
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(partitions)
        if contents is not None:
            contents.ends |= {(tp.topic, tp.partition): end for tp, end in ends.items()}
        found: list[ConsumerRecord[bytes, bytes]] = []
        while any([await consumer.position(one) < ends[one] for one in partitions]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += records
    finally:
        await consumer.stop()
    return found
