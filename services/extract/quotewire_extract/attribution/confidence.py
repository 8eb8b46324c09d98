"""Compute the confidence of a quotation and of each speaker: probabilities, fitted on articles not used in training.

The confidence of a quotation is a logistic regression over what tagger and resolver found. Its weights are data
(``confidence.json``): ``benchmarks/quality/confidence.py`` fits and writes them, and the file says on which articles.
"""

from __future__ import annotations

import json
import math
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.quotation import Quotation, SpeakerMention

LOW_CONFIDENCE = "low_confidence"

FEATURES = (
    "constant",
    "log odds of score",
    "log odds of core",
    "direct",
    "mixed",
    "has a mention",
    "log of words",
    "several spans",
    "begins with that",
    "ends where a clause ends",
    "shares words with another",
    "log odds of score, if indirect",
)
"""Names of the values of ``features``, in order."""

CLIP = 0.002
"""Scores are clipped to [0.002, 0.998] before their odds are taken: beyond, they carry no information."""

_CLAUSE_END = re.compile(r"[\s”\"’']*(?:[.,;:!?—–]|$|\n|and\b|but\b|while\b|as\b|because\b)")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Fitted constants: weights of the features, and how often the name is right by type of mention."""

    weights: tuple[float, ...]
    names: Mapping[str, float]

    def quotation(self, values: Sequence[float]) -> float:
        """Return the probability that a quotation with these features is one and has the right boundaries."""
        return _sigmoid(sum(weight * value for weight, value in zip(self.weights, values, strict=True)))


@cache
def calibration() -> Calibration:
    """Load the packaged constants. Raises ValueError where they were fitted for other features."""
    fitted = json.loads(files("quotewire_extract.attribution").joinpath("confidence.json").read_text(encoding="utf-8"))
    if tuple(fitted["weights"]) != FEATURES:
        raise ValueError("confidence.json was fitted for other features: run benchmarks/quality/confidence.py --write")
    return Calibration(tuple(fitted["weights"].values()), fitted["names"])


def features(text: str, quotation: Quotation, *, shares_words: bool) -> list[float]:
    """Return the values on which a quotation's confidence depends, in the order of ``FEATURES``.

    ``shares_words``: whether it shares words with another quotation, see :func:`sharing_words`.
    """
    indirect = quotation.kind == "indirect"
    first, last = quotation.content[0], quotation.content[-1]
    words = sum(len(text[start:end].split()) for start, end in quotation.content)
    score = _log_odds(quotation.score)
    return [
        1.0,
        score,
        _log_odds(quotation.core),
        float(quotation.kind == "direct"),
        float(quotation.kind == "mixed"),
        float(quotation.source is not None),
        math.log1p(words),
        float(len(quotation.content) > 1),
        float(text[first[0] : first[0] + 5].lower() == "that "),
        float(_CLAUSE_END.match(text, last[1]) is not None or text[last[1] - 1] in '.,!?”"'),
        float(shares_words),
        score if indirect else 0.0,
    ]


def set_confidences(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Set ``confidence`` of all quotations and of their speakers."""
    shared = sharing_words(quotations)
    for number, quotation in enumerate(quotations):
        quotation.confidence = quotation_confidence(context.text, quotation, shares_words=number in shared)
        for speaker in quotation.speakers:
            speaker.confidence = speaker_confidence(speaker)
    return quotations


def flag_low_confidence(context: ArticleContext, quotations: list[Quotation]) -> list[Quotation]:
    """Flag quotations whose confidence is below the configured threshold."""
    for quotation in quotations:
        if quotation.confidence < context.low_confidence:
            quotation.flags.add(LOW_CONFIDENCE)
    return quotations


def quotation_confidence(text: str, quotation: Quotation, *, shares_words: bool) -> float:
    """Return the probability that these words are a quotation with the right boundaries."""
    return calibration().quotation(features(text, quotation, shares_words=shares_words))


def sharing_words(quotations: Sequence[Quotation]) -> set[int]:
    """Return the positions of the quotations that share words with another one."""
    spans = sorted((*span, number) for number, quotation in enumerate(quotations) for span in quotation.content)
    found: set[int] = set()
    reached = other_reached = (-1, -1)  # how far the spans so far reach, and how far those of other quotations do
    for start, end, number in spans:
        if (reached if reached[1] != number else other_reached)[0] > start:
            found.add(number)
        if number == reached[1]:
            reached = max(reached, (end, number))
        elif end > reached[0]:
            reached, other_reached = (end, number), reached
        else:
            other_reached = max(other_reached, (end, number))
    following = other_following = (sys.maxsize, -1)  # where the next span begins, and the next of another quotation
    for start, end, number in reversed(spans):
        if (following if following[1] != number else other_following)[0] < end:
            found.add(number)
        if number != following[1]:
            other_following = following
        following = start, number
    return found


def speaker_confidence(speaker: SpeakerMention) -> float:
    """Return the probability that a speaker's name is right, given that the quotation is: by type of mention."""
    return 0.0 if not speaker.name else calibration().names[mention_type(speaker)]


def mention_type(speaker: SpeakerMention) -> str:
    """Return how the text mentions a speaker: name, surname, pronoun, description or none."""
    if speaker.start is None:
        return "none"
    mention = speaker.text.strip().lower()
    if mention in _PRONOUNS:
        return "pronoun"
    if speaker.name.lower() in mention:
        return "name" if " " in speaker.name else "surname"
    if speaker.kind == "person" and speaker.name.split()[-1].lower() in mention:
        return "surname"
    return "description"


_PRONOUNS = frozenset({"he", "she", "they", "it", "who", "which", "that", "both", "his", "her", "their", "its"})


def _log_odds(probability: float) -> float:
    clipped = min(1 - CLIP, max(CLIP, probability))
    return math.log(clipped / (1 - clipped))


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, value))))
