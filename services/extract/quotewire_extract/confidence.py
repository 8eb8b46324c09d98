"""How sure we are of a quotation and of its speaker: probabilities, fitted on articles that the reader never saw."""

from __future__ import annotations


def of_quotation(score: float, core: float, *, marked: bool, sourced: bool) -> float:
    """Probability that the words are a quotation with these edges."""
    return min(1.0, score * (0.6 + 0.4 * core))
