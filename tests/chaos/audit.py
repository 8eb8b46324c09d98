"""Compares what was fed with what lies on the topics and what the tables hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psycopg

from chaos.material import Version, by_article
from chaos.poison import FUZZ, KEY, Poison
from chaos.topics import Dead, TopicContents
from quotewire_schemas import EnrichedArticle
from quotewire_schemas.dead_letter import Reason

SHOWN = 5
"""Examples of each fault that are printed."""


@dataclass
class Findings:
    """What is wrong, each with a line that names it; empty lists are what is expected."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    unexplained: list[str] = field(default_factory=list)
    """Dead letters that nothing deserved, and poison that did not become one."""

    @property
    def clean(self) -> bool:
        """Nothing at all is wrong."""
        return not (self.lost or self.doubled or self.ghosts or self.out_of_order or self.unexplained)


OF_FUZZ = {str(reason) for reason in Reason} - {str(Reason.CRASH), str(Reason.TIMEOUT), str(Reason.MEMORY)}
"""What may become of a mutated record; which of them, `traces` asks."""


def audit(fed: Sequence[Version], poisoned: Sequence[Poison], lying: TopicContents, dsn: str) -> Findings:
    """Compare. The stream must be at rest: everything fed has its outcome and nothing is on its way."""
    findings = Findings(out_of_order=list(lying.out_of_order))
    deserved = Counter[Dead]((one.stage, str(one.reason), KEY) for one in poisoned if one.reason is not None)
    for what, count in (lying.dead - deserved).items():
        if what[2] == FUZZ and what[1] in OF_FUZZ:
            continue
        findings.unexplained.append(f"{count} × {' '.join(what)} that nothing deserved")
    for what, count in (deserved - lying.dead).items():
        findings.unexplained.append(f"{count} × {' '.join(what)} did not become a dead letter")
    _topics(findings, fed, lying)
    with psycopg.connect(dsn) as connection:
        _tables(findings, fed, lying, connection)
        _heavy(findings, poisoned, connection)
        _dead_letters(findings, lying, connection)
    return findings


def _topics(findings: Findings, fed: Sequence[Version], lying: TopicContents) -> None:
    """Every version is a revision on the article topic, annotated, with all its quotations on the quote topic."""
    for article_id, versions in by_article(fed).items():
        for version in versions:
            place = (article_id, version.version)
            article, enriched = lying.articles.get(place), lying.enriched.get(place)
            if article is None or version.text != article.text:
                findings.lost.append(f"version {version.marker} is not revision {version.version} on the article topic")
            elif enriched is None or enriched.article.text != article.text:
                findings.lost.append(f"version {version.marker} is not on the enriched topic")
            else:
                findings.lost += [
                    f"quotation {quote.quote_id} of {version.marker} is not on the quote topic"
                    for quote in enriched.quotes
                    if (quote.quote_id, quote.annotator_release) not in lying.quotes
                ]
    expected = {(version.article_id, version.version) for version in fed}
    for name, found in (("article", lying.articles.keys()), ("enriched", lying.enriched.keys())):
        findings.ghosts += [f"revision {place} on the {name} topic was never fed" for place in found - expected]


def _tables(
    findings: Findings,
    fed: Sequence[Version],
    lying: TopicContents,
    connection: psycopg.Connection[tuple[object, ...]],
) -> None:
    """The tables hold the last version alone, with exactly its sets, and the ones before it as history."""
    articles: set[object] = set()
    history: set[object] = set()
    quotations: list[object] = []
    speakers: list[object] = []
    mentions: list[object] = []
    for article_id, versions in by_article(fed).items():
        last = versions[-1]
        articles.add((article_id, last.version, None if last.withdrawn else last.text))
        if last.withdrawn:
            continue
        history |= {(article_id, version.version, version.text) for version in versions[:-1]}
        if (enriched := lying.enriched.get((article_id, last.version))) is not None:
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


def _heavy(findings: Findings, poisoned: Sequence[Poison], connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """What is odd and an article all the same is in its table."""
    wanted = {one.key.decode() for one in poisoned if one.reason is None}
    held = stored_ids(connection)
    findings.lost += [f"{article_id} is not in the table" for article_id in sorted(wanted - held)]


def stored_ids(connection: psycopg.Connection[tuple[object, ...]]) -> set[str]:
    """The article_id of every row, poison's included."""
    return {str(article_id) for (article_id,) in connection.execute("SELECT article_id FROM news.articles")}


def _dead_letters(findings: Findings, lying: TopicContents, connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """The table of dead letters holds what lies on their topics."""
    rows = connection.execute(
        "SELECT source_topic, source_partition, source_offset, stage, reason FROM news.dead_letters"
    ).fetchall()
    held, lies = set(rows), {(*place, *what) for place, what in lying.dead_at.items()}
    findings.unexplained += [f"{one} is on its topic and not in the table" for one in lies - held]
    findings.unexplained += [f"{one} is in the table and not on its topic" for one in held - lies]


def _speakers(enriched: EnrichedArticle) -> list[object]:
    return [
        (enriched.article.article_id, position, number, speaker.name_key)
        for position, quote in enumerate(enriched.quotes)
        for number, speaker in enumerate(quote.speakers)
    ]


def _compare(findings: Findings, name: str, expected: Iterable[object], found: Iterable[object]) -> None:
    wanted, held = Counter(expected), Counter(found)
    for row, count in (wanted - held).items():
        findings.lost.append(f"{count} × {name} {_short(row)} is not in its table")
    for row, count in (held - wanted).items():
        kind = findings.doubled if row in wanted else findings.ghosts
        kind.append(f"{count} × {name} {_short(row)} too many in its table")


def _short(row: object) -> str:
    text = repr(row)
    return text if len(text) < 160 else text[:159] + "…"
