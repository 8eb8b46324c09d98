"""Score entities, quotations and speakers of spaCy ``Example`` objects: what the components' scorers share.

The reference documents have ``doc.ents`` and ``doc._.quotes``. As in spaCy, a document without an annotation is not
scored, and a score is None where no document has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from spacy.scorer import PRFScore, get_ner_prf
from spacy.training import Example

from quotewire_extract.word_overlap import MIN_OVERLAP, WordIndex, match_contents
from quotewire_names.name_key import name_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from spacy.tokens import Doc

    from quotewire_extract.quotation import Quotation

Scores: TypeAlias = dict[str, Any]
Scorer: TypeAlias = Callable[..., Scores]
"""Takes examples and, by keyword, the settings of ``nlp.evaluate``."""


def score_entities(examples: Iterable[Example]) -> Scores:
    """Return ``ents_p``, ``ents_r``, ``ents_f`` and ``ents_per_type``: exact span and label."""
    scores: Scores = get_ner_prf(examples)
    return scores


def score_quotations(examples: Iterable[Example]) -> Scores:
    """Return ``quotes_p``, ``quotes_r`` and ``quotes_f``: at least half of the words of both in common."""
    total = PRFScore()
    for gold, found, pairs in _matched(examples):
        _count(total, len(gold), len(found), len(pairs))
    return _named("quotes", total)


def score_speakers(examples: Iterable[Example]) -> Scores:
    """Return ``speakers_acc`` and ``attributions_p``, ``attributions_r``, ``attributions_f``.

    ``speakers_acc`` is the share of right speakers among the quotations that were found; the others require both, the
    quotation and its speakers.
    """
    total, right_speakers, matched = PRFScore(), 0, 0
    for gold, found, pairs in _matched(examples):
        right = sum(_same_quotation_speakers(g, f) for g, f in pairs)
        right_speakers += right
        matched += len(pairs)
        _count(total, len(gold), len(found), right)
    return {"speakers_acc": right_speakers / matched if matched else None, **_named("attributions", total)}


def same_speakers(found: Sequence[str], gold: Sequence[str], *, persons: bool) -> bool:
    """Whether names mean the same speakers: persons by key, others also where one has all words of the other."""
    if len(found) != len(gold):
        return False
    if persons:
        return {name_key(name) for name in found} == {name_key(name) for name in gold}
    found_words, gold_words = set(name_key(found[0]).split()), set(name_key(gold[0]).split())
    return bool(found_words) and (found_words <= gold_words or gold_words <= found_words)


def _matched(
    examples: Iterable[Example],
) -> Iterator[tuple[Sequence[Quotation], Sequence[Quotation], list[tuple[Quotation, Quotation]]]]:
    """Yield gold, found and matched quotations of each document with gold quotations."""
    for example in examples:
        if not _has_quotes(example.reference):
            continue
        index = WordIndex(example.reference.text)
        gold: Sequence[Quotation] = example.reference._.quotes
        found: Sequence[Quotation] = example.predicted._.quotes
        matches = match_contents(
            [index.content_words(q.content) for q in gold], [index.content_words(q.content) for q in found]
        )
        yield gold, found, [(gold[m.gold], found[m.found]) for m in matches if m.overlap >= MIN_OVERLAP]


def _has_quotes(doc: Doc) -> bool:
    """Whether ``doc._.quotes`` was set, be it to an empty list."""
    user_data: dict[Any, Any] = doc.user_data
    return ("._.", "quotes", None, None) in user_data


def _same_quotation_speakers(gold: Quotation, found: Quotation) -> bool:
    gold_names, found_names = ([s.name for s in q.speakers if s.name] for q in (gold, found))
    return same_speakers(found_names, gold_names, persons=all(s.kind == "person" for s in gold.speakers if s.name))


def _count(total: PRFScore, gold: int, found: int, right: int) -> None:
    total += PRFScore(tp=right, fp=found - right, fn=gold - right)


def _named(name: str, score: PRFScore) -> Scores:
    if not len(score):
        return {f"{name}_{letter}": None for letter in "prf"}
    return {f"{name}_{letter}": value for letter, value in score.to_dict().items()}
