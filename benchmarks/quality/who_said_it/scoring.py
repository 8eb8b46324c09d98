"""Score resolved speakers against our own marked articles, given the right quotation or end to end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from quotewire_extract.quotation import Quotation, SpeakerMention
from quotewire_extract.quotation_marks import marked_spans
from quotewire_names import name_key

from .articles import Article, Said, mention_sort

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

SORTS = ("name", "surname", "pronoun", "description", "none")
Resolve = Callable[[Article, Said], tuple[list[str], list[str]]]
"""Names and kinds that a method gives to one marked quotation."""


@dataclass
class Score:
    """Right and all by sort of mention, kinds right, and the errors as lines."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    kinds: int = 0
    errors: list[str] = field(default_factory=list)
    wrong_kinds: list[str] = field(default_factory=list)

    def accuracy(self, sort: str | None = None) -> float:
        """Share of right names, over one sort of mention or all."""
        total = self.total[sort] if sort else sum(self.total.values())
        right = self.right[sort] if sort else sum(self.right.values())
        return right / total if total else 0.0


def same_speakers(names: list[str], one: Said) -> bool:
    """Whether the names mean the marked speakers: persons by key, others also where one has all words of the other."""
    if len(names) != len(one.names):
        return False
    if one.kind == "person":
        return {name_key(n) for n in names} == {name_key(n) for n in one.names}
    found, wanted = set(name_key(names[0]).split()), set(name_key(one.names[0]).split())
    return bool(found) and (found <= wanted or wanted <= found)


def score(articles: list[Article], resolve: Resolve) -> Score:
    """Ask a method for every marked quotation."""
    result = Score()
    for article in articles:
        for one in article.said:
            names, kinds = resolve(article, one)
            sort = mention_sort(article, one)
            result.total[sort] += 1
            result.kinds += kinds[:1] == [one.kind]
            if kinds[:1] != [one.kind]:
                result.wrong_kinds.append(f"{article.id}.{one.number} {one.kind}, got {' '.join(kinds) or 'nothing'}")
            if same_speakers(names, one):
                result.right[sort] += 1
            else:
                mention = article.text[slice(*one.speaker[-1])] if one.speaker else "–"
                content = article.text[slice(*one.content[0])]
                result.errors.append(
                    f"{article.id}.{one.number} {sort:11} {mention!r} is {' & '.join(one.names)}, got "
                    f"{' & '.join(names) or 'nobody'} | {content[:60]}"
                )
    return result


def kind_of(text: str, content: list[tuple[int, int]]) -> str:
    """direct, mixed or indirect by the share of words in quotation marks."""
    marked = [(m.start, m.end) for m in marked_spans(text)]
    words = [s + m.start() for s, e in content for m in re.finditer(r"\w+", text[s:e])]
    inside = sum(any(a <= w < b for a, b in marked) for w in words)
    return "indirect" if not inside else "direct" if inside == len(words) else "mixed"


def given_quotations(article: Article) -> list[Quotation]:
    """The marked quotations in the form of the reader, with its scores set to certainty."""
    return [
        Quotation(
            list(one.content),
            one.cue[0] if one.cue else None,
            one.speaker[-1] if one.speaker else None,
            kind_of(article.text, one.content),
            1.0,
            1.0,
        )
        for one in article.said
    ]


def annotate_given(nlp: Language, article: Article) -> Doc:
    """Entities by the pipeline's reader, quotations as marked, then names and speakers."""
    doc = nlp.make_doc(article.text)
    for name, component in nlp.pipeline:
        if name == "names":
            doc._.quotes = given_quotations(article)
        doc = component(doc)
    return doc


def pipeline_given(nlp: Language, articles: list[Article]) -> Resolve:
    """Our components, given the right quotations."""
    docs = {article.id: annotate_given(nlp, article) for article in articles}

    def resolve(article: Article, one: Said) -> tuple[list[str], list[str]]:
        return _named(next((q.speakers for q in docs[article.id]._.quotes if q.content == one.content), []))

    return resolve


def pipeline_whole(nlp: Language, articles: list[Article]) -> Resolve:
    """The whole pipeline: the found quotation that shares most words with the marked one, if half of both."""
    docs = {article.id: nlp(article.text) for article in articles}

    def resolve(article: Article, one: Said) -> tuple[list[str], list[str]]:
        wanted = _words(article.text, one.content)
        best = max(
            docs[article.id]._.quotes, key=lambda q: _jaccard(wanted, _words(article.text, q.content)), default=None
        )
        if best is None or _jaccard(wanted, _words(article.text, best.content)) < 0.5:
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
    """The longest name of a person that holds this one: what any baseline can do without coreference."""
    return max((n for _, _, n in _people(doc) if name in n), key=len, default=name)


def nearest_person(nlp: Language, articles: list[Article]) -> Resolve:
    """Baseline: the PERSON outside the content that is nearest to it."""
    docs = {article.id: _reader_only(nlp, article) for article in articles}

    def resolve(article: Article, one: Said) -> tuple[list[str], list[str]]:
        outside = [p for p in _people(docs[article.id]) if not any(s <= p[0] < e for s, e in one.content)]

        def distance(person: tuple[int, int, str]) -> int:
            return min(max(s - person[1], person[0] - e, 0) for s, e in one.content)

        best = min(outside, key=distance, default=None)
        return ([_fullest(docs[article.id], best[2])], ["person"]) if best else ([], [])

    return resolve


def last_person(nlp: Language, articles: list[Article]) -> Resolve:
    """Baseline: the last PERSON before the mention's end, or before the content where there is no mention."""
    docs = {article.id: _reader_only(nlp, article) for article in articles}

    def resolve(article: Article, one: Said) -> tuple[list[str], list[str]]:
        end = one.speaker[-1][1] if one.speaker else one.content[0][0]
        before = [
            p for p in _people(docs[article.id]) if p[1] <= end and not any(s <= p[0] < e for s, e in one.content)
        ]
        return ([_fullest(docs[article.id], before[-1][2])], ["person"]) if before else ([], [])

    return resolve


def prototype(nlp: Language, articles: list[Article]) -> Resolve:
    """Baseline: the mention as it stands, a name lengthened to the longest that holds it; nothing for a pronoun."""
    docs = {article.id: _reader_only(nlp, article) for article in articles}

    def resolve(article: Article, one: Said) -> tuple[list[str], list[str]]:
        if not one.speaker:
            return [], []
        start, end = one.speaker[-1]
        inside = [n for s, e, n in _people(docs[article.id]) if s < end and e > start]
        name = inside[0] if inside else re.sub(r"^(?:The|the|A|a|An|an) ", "", article.text[start:end])
        return [_fullest(docs[article.id], name)], ["person"]

    return resolve


def _reader_only(nlp: Language, article: Article) -> Doc:
    doc = nlp.make_doc(article.text)
    for name, component in nlp.pipeline:
        if name == "names":
            break
        doc = component(doc)
    return doc
