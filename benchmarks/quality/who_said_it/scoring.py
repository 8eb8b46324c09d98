"""Score resolved speakers on our own marked articles, given the right quotations or end to end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.quotation import Quotation, SpeakerMention
from quotewire_extract.quotation_marks import marked_spans
from quotewire_extract.scorers import same_speakers
from quotewire_extract.word_overlap import MIN_OVERLAP

from .articles import Article, MarkedQuotation, mention_type

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MENTION_TYPES = ("name", "surname", "pronoun", "description", "none")
Resolve = Callable[[Article, MarkedQuotation], tuple[list[str], list[str]]]
"""Takes a marked quotation and returns the names and kinds of its speakers."""


@dataclass
class Score:
    """Counts of right names and of all by type of mention, of right kinds, and the errors as lines."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    kinds: int = 0
    errors: list[str] = field(default_factory=list)
    wrong_kinds: list[str] = field(default_factory=list)

    def accuracy(self, mention: str | None = None) -> float:
        """Return the share of right names, over one type of mention or all."""
        total = self.total[mention] if mention else sum(self.total.values())
        right = self.right[mention] if mention else sum(self.right.values())
        return right / total if total else 0.0


def score(articles: list[Article], resolve: Resolve) -> Score:
    """Score a method on every marked quotation."""
    result = Score()
    for article in articles:
        for one in article.quotations:
            names, kinds = resolve(article, one)
            kind = mention_type(article, one)
            result.total[kind] += 1
            result.kinds += kinds[:1] == [one.kind]
            if kinds[:1] != [one.kind]:
                result.wrong_kinds.append(f"{article.id}.{one.number} {one.kind}, got {' '.join(kinds) or 'nothing'}")
            if same_speakers(names, one.names, persons=one.kind == "person"):
                result.right[kind] += 1
            else:
                mention = article.text[slice(*one.speaker[-1])] if one.speaker else "–"
                content = article.text[slice(*one.content[0])]
                result.errors.append(
                    f"{article.id}.{one.number} {kind:11} {mention!r} is {' & '.join(one.names)}, got "
                    f"{' & '.join(names) or 'nobody'} | {content[:60]}"
                )
    return result


def kind_of(text: str, content: list[tuple[int, int]]) -> str:
    """Return direct, mixed or indirect by the share of words in quotation marks."""
    marked = [(m.start, m.end) for m in marked_spans(text)]
    words = [s + m.start() for s, e in content for m in re.finditer(r"\w+", text[s:e])]
    inside = sum(any(a <= w < b for a, b in marked) for w in words)
    return "indirect" if not inside else "direct" if inside == len(words) else "mixed"


def given_quotations(article: Article) -> list[Quotation]:
    """Return the marked quotations as the tagger would give them, with scores of 1."""
    return [
        Quotation(
            list(one.content),
            one.cue[0] if one.cue else None,
            one.speaker[-1] if one.speaker else None,
            kind_of(article.text, one.content),
            1.0,
            1.0,
        )
        for one in article.quotations
    ]


def annotate_given(nlp: Language, article: Article) -> Doc:
    """Annotate with the tagger's entities, the marked quotations, then names and speakers."""
    doc = nlp.make_doc(article.text)
    for name, component in nlp.pipeline:
        if name == "names":
            doc._.quotes = given_quotations(article)
        doc = component(doc)
    return doc


def pipeline_given(nlp: Language, articles: list[Article]) -> Resolve:
    """Resolve with our components, given the right quotations."""
    docs = {article.id: annotate_given(nlp, article) for article in articles}

    def resolve(article: Article, one: MarkedQuotation) -> tuple[list[str], list[str]]:
        return _named(next((q.speakers for q in docs[article.id]._.quotes if q.content == one.content), []))

    return resolve


def pipeline_whole(nlp: Language, articles: list[Article]) -> Resolve:
    """Resolve with the whole pipeline: the found quotation with the largest overlap, if it is at least half."""
    docs = {article.id: nlp(article.text) for article in articles}

    def resolve(article: Article, one: MarkedQuotation) -> tuple[list[str], list[str]]:
        wanted = _words(article.text, one.content)
        best = max(
            docs[article.id]._.quotes, key=lambda q: _jaccard(wanted, _words(article.text, q.content)), default=None
        )
        if best is None or _jaccard(wanted, _words(article.text, best.content)) < MIN_OVERLAP:
            return [], []
        return _named(best.speakers)

    return resolve


def _named(speakers: list[SpeakerMention]) -> tuple[list[str], list[str]]:
    return [s.name for s in speakers if s.name], [s.kind for s in speakers]


def _words(text: str, spans: list[tuple[int, int]]) -> frozenset[int]:
    return frozenset(s + m.start() for s, e in spans for m in re.finditer(r"\w+", text[s:e]))


def _jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / len(a | b) if a | b else 0.0


def _people(doc: Doc) -> Iterator[tuple[int, int, str]]:
    for entity in doc.ents:
        if entity.label_ == "PERSON":
            yield entity.start_char, entity.end_char, entity.text


def _fullest(doc: Doc, name: str) -> str:
    """Return the longest name of a person that contains this one: a baseline needs no coreference for that."""
    return max((n for _, _, n in _people(doc) if name in n), key=len, default=name)


def nearest_person(nlp: Language, articles: list[Article]) -> Resolve:
    """Baseline: the PERSON outside the content and nearest to it."""
    docs = {article.id: _tagger_only(nlp, article) for article in articles}

    def resolve(article: Article, one: MarkedQuotation) -> tuple[list[str], list[str]]:
        outside = [p for p in _people(docs[article.id]) if not any(s <= p[0] < e for s, e in one.content)]

        def distance(person: tuple[int, int, str]) -> int:
            return min(max(s - person[1], person[0] - e, 0) for s, e in one.content)

        best = min(outside, key=distance, default=None)
        return ([_fullest(docs[article.id], best[2])], ["person"]) if best else ([], [])

    return resolve


def last_person(nlp: Language, articles: list[Article]) -> Resolve:
    """Baseline: the last PERSON before the mention's end, or before the content where there is no mention."""
    docs = {article.id: _tagger_only(nlp, article) for article in articles}

    def resolve(article: Article, one: MarkedQuotation) -> tuple[list[str], list[str]]:
        end = one.speaker[-1][1] if one.speaker else one.content[0][0]
        before = [
            p for p in _people(docs[article.id]) if p[1] <= end and not any(s <= p[0] < e for s, e in one.content)
        ]
        return ([_fullest(docs[article.id], before[-1][2])], ["person"]) if before else ([], [])

    return resolve


def mention_itself(nlp: Language, articles: list[Article]) -> Resolve:
    """Baseline: the mention itself, a name extended to the longest one that contains it; nothing for a pronoun."""
    docs = {article.id: _tagger_only(nlp, article) for article in articles}

    def resolve(article: Article, one: MarkedQuotation) -> tuple[list[str], list[str]]:
        if not one.speaker:
            return [], []
        start, end = one.speaker[-1]
        inside = [n for s, e, n in _people(docs[article.id]) if s < end and e > start]
        name = inside[0] if inside else re.sub(r"^(?:The|the|A|a|An|an) ", "", article.text[start:end])
        return [_fullest(docs[article.id], name)], ["person"]

    return resolve


def _tagger_only(nlp: Language, article: Article) -> Doc:
    doc = nlp.make_doc(article.text)
    for name, component in nlp.pipeline:
        if name == "names":
            break
        doc = component(doc)
    return doc
