"""Query a real Prometheus with every expression of the dashboards and rules, and list those without data.

    make dashboards-check PROMETHEUS=http://127.0.0.1:9090

An alert that does not fire has no data, so for alerts the series that they select are queried instead.
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
"""Values of Grafana's variables: at least four scrapes, and the stage that has every metric."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query and the panel or rule it belongs to."""

    where: str
    query: str


def all_queries() -> Iterator[Query]:
    """Yield every query that must return data while articles flow."""
    for expression in [*panel_expressions(), *rule_expressions()]:
        texts = [selector.text for selector in expression.selectors()] if expression.alert else [expression.text]
        for text in texts:
            yield Query(expression.where, _fill_in(text))


def without_data(prometheus: str, queries: Iterable[Query]) -> list[Query]:
    """Return the queries for which Prometheus at this address has no number."""
    return [question for question in queries if not _has_data(prometheus, question.query)]


def _fill_in(text: str) -> str:
    for name, value in VARIABLES.items():
        text = text.replace(name, value)
    return text


def _has_data(prometheus: str, query: str) -> bool:
    url = f"{prometheus}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
        result = json.load(answer)["data"]["result"]
    return any(math.isfinite(float(series["value"][1])) for series in result)


def main() -> int:
    """Print a line per query without data; return 1 if there is any."""
    prometheus = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9090"
    queries = list(all_queries())
    silent = without_data(prometheus, queries)
    for question in silent:
        print(f"no answer: {question.where}: {' '.join(question.query.split())}")  # noqa: T201 - a command
    print(f"{len(queries) - len(silent)} of {len(queries)} expressions have an answer")  # noqa: T201
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main())
