"""Compare what was fed with the records on the topics and the rows of the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psycopg

from chaos.article_versions import ArticleVersion, by_article
from chaos.poison import FUZZ, KEY, Poison
from chaos.topic_contents import Dead, TopicContents
from quotewire_schemas import EnrichedArticle
from quotewire_schemas.dead_letter import Reason

MAX_EXAMPLES = 5
"""Examples of each fault that are printed."""


@dataclass
class Findings:
    """The faults, each described in a line; all lists should be empty."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    """Dead letters that nothing explains, and poison that did not become one."""

    @property
    def clean(self) -> bool:
        """Whether there is no fault."""
        return not (self.lost or self.doubled or self.ghosts or self.out_of_order or self.unexplained)


ALLOWED_FOR_MUTATED = {str(reason) for reason in Reason} - {str(Reason.CRASH), str(Reason.TIMEOUT), str(Reason.MEMORY)}
"""Reasons that a mutated record may have; `traces` checks which one it must be."""


def audit(fed: Sequence[ArticleVersion], poisoned: Sequence[Poison], contents: TopicContents, dsn: str) -> Findings:
    """Compare. The stream must be idle: everything fed has its outcome and nothing is in progress."""
    findings = Findings(out_of_order=list(contents.out_of_order))
    expected = Counter[Dead]((one.stage, str(one.reason), KEY) for one in poisoned if one.reason is not None)
    for what, count in (contents.dead - expected).items():
        if what[2] == FUZZ and what[1] in ALLOWED_FOR_MUTATED:
            continue
        findings.unexplained.append(f"{count} × {' '.join(what)} that nothing explains")
    for what, count in (expected - contents.dead).items():
        findings.unexplained.append(f"{count} × {' '.join(what)} did not become a dead letter")
    _topics(findings, fed, contents)
    with psycopg.connect(dsn) as connection:
        _tables(findings, fed, contents, connection)
        _valid_quotations(findings, contents, connection)
        _heavy(findings, poisoned, connection)
        _dead_letters(findings, contents, connection)
    return findings


def _topics(findings: Findings, fed: Sequence[ArticleVersion], contents: TopicContents) -> None:
    """Check that every version is on the article topic, is annotated, and has all its quotations on the quote topic."""
    for article_id, article_versions in by_article(fed).items():
        for version in article_versions:
            location = (article_id, version.version)
            article, enriched = contents.articles.get(location), contents.enriched.get(location)
            if article is None or version.text != article.text:
                findings.lost.append(f"version {version.marker} is not revision {version.version} on the article topic")
            elif enriched is None or enriched.article.text != article.text:
                findings.lost.append(f"version {version.marker} is not on the enriched topic")
            else:
                findings.lost += [
                    f"quotation {quote.quote_id} of {version.marker} is not on the quote topic"
                    for quote in enriched.quotes
                    if (quote.quote_id, quote.annotator_release) not in contents.quotes
                ]
    expected = {(version.article_id, version.version) for version in fed}
    for name, found in (("article", contents.articles.keys()), ("enriched", contents.enriched.keys())):
        findings.ghosts += [f"revision {location} on the {name} topic was never fed" for location in found - expected]


def _tables(
    findings: Findings,
    fed: Sequence[ArticleVersion],
    contents: TopicContents,
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    """Check that the tables hold the last version with exactly its quotations, and the earlier ones as history."""
    articles: set[object] = set()
    history: set[object] = set()
    quotations: list[object] = []
    speakers: list[object] = []
    mentions: list[object] = []
    for article_id, article_versions in by_article(fed).items():
        last = article_versions[-1]
        articles.add((article_id, last.version, None if last.withdrawn else last.text))
        if last.withdrawn:
            continue
        history |= {(article_id, version.version, version.text) for version in article_versions[:-1]}
        if (enriched := contents.enriched.get((article_id, last.version))) is not None:
            quotations += [(article_id, quote.quote_id, quote.content) for quote in enriched.quotes]
            speakers += _speakers(enriched)
            mentions += [(article_id, entity.start, entity.end, entity.name) for entity in enriched.entities]
    for name, expected, statement in (
        ("article", articles, "SELECT article_id, revision, text FROM news.articles"),
        ("former revision", history, "SELECT article_id, revision, text FROM news.revisions"),
        ("quotation", quotations, "SELECT article_id, quote_id, content FROM news.quotations"),
        ("speaker", speakers, "SELECT article_id, quote_position, position, name_key FROM news.speakers"),
        ("mention", mentions, "SELECT article_id, start_at, end_at, name FROM news.mentions"),
    ):
        rows = connection.execute(f"{statement} WHERE NOT starts_with(article_id, %s)".encode(), [KEY]).fetchall()
        _compare(findings, name, expected, rows)


def _valid_quotations(
    findings: Findings, contents: TopicContents, connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    """Check that a consumer of the topic of quotations holds those of the table, of the same revision and release."""
    rows = connection.execute(
        "SELECT article_id, quote_id, revision, annotator_release FROM news.quotes_current"
        " WHERE NOT starts_with(article_id, %s)",
        [KEY],
    ).fetchall()
    valid = contents.quote_consumer.valid
    findings.lost += [f"quotation {_short(row)} is not valid on its topic" for row in set(rows) - valid]
    findings.ghosts += [f"quotation {_short(row)} is valid on its topic alone" for row in valid - set(rows)]


def _heavy(findings: Findings, poisoned: Sequence[Poison], connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Check that strange but valid articles are in the table."""
    wanted = {one.key.decode() for one in poisoned if one.reason is None}
    kept = stored_ids(connection)
    findings.lost += [f"{article_id} is not in the table" for article_id in sorted(wanted - kept)]


def stored_ids(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    """Return the article_id of every row, also of poison."""
    return {str(article_id) for (article_id,) in connection.execute("SELECT article_id FROM news.articles")}


def _dead_letters(
    findings: Findings, contents: TopicContents, connection: psycopg.Connection[tuple[object, ...]]
) -> None:
    """Check that the table of dead letters has the same content as their topics."""
    rows = connection.execute(
        "SELECT source_topic, source_partition, source_offset, stage, reason FROM news.dead_letters"
    ).fetchall()
    in_table, on_topic = set(rows), {(*location, *what) for location, what in contents.dead_letters.items()}
    findings.unexplained += [f"{one} is on its topic and not in the table" for one in on_topic - in_table]
    findings.unexplained += [f"{one} is in the table and not on its topic" for one in in_table - on_topic]


def _speakers(enriched: EnrichedArticle) -> list[object]:
    return [
        (enriched.article.article_id, position, number, speaker.name_key)
        for position, quote in enumerate(enriched.quotes)
        for number, speaker in enumerate(quote.speakers)
    ]


def _compare(findings: Findings, name: str, expected: Iterable[object], found: Iterable[object]) -> None:
    wanted, kept = Counter(expected), Counter(found)
    for row, count in (wanted - kept).items():
        findings.lost.append(f"{count} × {name} {_short(row)} is not in its table")
    for row, count in (kept - wanted).items():
        kind = findings.doubled if row in wanted else findings.ghosts
        kind.append(f"{count} × {name} {_short(row)} too many in its table")


def _short(row: object) -> str:
    text = repr(row)
    return text if len(text) < 160 else text[:159] + "…"
