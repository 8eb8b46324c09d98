"""Ask a real Prometheus every expression of our dashboards and rules, and say which of them it has no answer to.

    make dashboards-check PROMETHEUS=http://127.0.0.1:9090

An alert that does not fire answers nothing, so of alerts the series they choose from are asked for instead.
"""

import json
import math
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kit.expressions import panel_expressions, rule_expressions

TIMEOUT_S = 10
VARIABLES = {"$__rate_interval": "1m", "$stage": "extract"}
"""What Grafana would put in: four scrapes at least, and the stage that has every metric."""


@dataclass(frozen=True, slots=True)
class Question:
    """One query, and the panel or rule that it is for."""

    where: str
    query: str


def questions() -> Iterator[Question]:
    """Everything that must have an answer while articles flow."""
    for expression in [*panel_expressions(), *rule_expressions()]:
        texts = [selector.text for selector in expression.selectors()] if expression.alert else [expression.text]
        for text in texts:
            yield Question(expression.where, _filled_in(text))


def unanswered(prometheus: str, asked: Iterable[Question]) -> list[Question]:
    """Those of the questions to which Prometheus at this address has no number."""
    return [question for question in asked if not _has_number(prometheus, question.query)]


def _filled_in(text: str) -> str:
    for name, value in VARIABLES.items():
        text = text.replace(name, value)
    return text


def _has_number(prometheus: str, query: str) -> bool:
    url = f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        result = json.load(answer)["data"]["result"]
    return any(math.isfinite(float(series["value"][1])) for series in result)


def main() -> int:
    """Print a line per unanswered question; 1 if there is any."""
    prometheus = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9090"
    asked = list(questions())
    silent = unanswered(prometheus, asked)
    for question in silent:
        print(f"no answer: {question.where}: {' '.join(question.query.split())}")  # noqa: T201 - a command
    print(f"{len(asked) - len(silent)} of {len(asked)} expressions have an answer")  # noqa: T201
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
