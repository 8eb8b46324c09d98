"""The answers of the English pipeline over a few invented articles: they may change only with the release.

Consumers drop a record whose ``ce_id`` they have seen, and the release is part of it: answers that change under the
same release never arrive. ``make golden`` (``python -m kit.golden`` in ``tests``) writes the answers of a new release.

A golden answer is a record as it is on the topic, without what belongs to the article. Confidences are compared with a
tolerance, because their last digit depends on the processor.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from kit.builders import NOON, article
from quotewire_extract.annotate import annotate_article
from quotewire_extract.pipeline import Pipelines
from quotewire_extract.release import ANNOTATOR_RELEASE
from quotewire_schemas import EnrichedArticle

FOLDER = Path(__file__).parents[1] / "unit" / "extract" / "golden"
FILE = FOLDER / "answers.jsonl"
CONFIDENCE = "confidence"
TOLERANCE = 0.02
MAX_SHOWN = 12
"""Differences that are shown."""
OF_THE_ARTICLE = {
    "schema_version", "type", "article_id", "revision", "annotator_release", "url", "outlet", "title", "published_at",
    "language",
}  # fmt: skip

Answer: TypeAlias = dict[str, Any]
"""``{"entity": …}`` or ``{"quotation": …}``."""


@dataclass(frozen=True, slots=True)
class GoldenArticle:
    """What the pipeline found in one article."""

    text_hash: str
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class GoldenAnswers:
    """The answers of one release."""

    release: int
    articles: Mapping[str, GoldenArticle]


def find_answers(pipelines: Pipelines) -> GoldenAnswers:
    """Annotate every golden article."""
    found: dict[str, GoldenArticle] = {}
    for path in sorted(FOLDER.glob("*.txt")):
        text = path.read_text("utf-8")
        enriched = annotate_article(article(path.stem, text=text), pipelines, NOON)
        found[path.stem] = GoldenArticle(hashlib.sha256(text.encode()).hexdigest()[:16], list(_answers(enriched)))
    return GoldenAnswers(pipelines.release, found)


def _answers(enriched: EnrichedArticle) -> Iterator[Answer]:
    for entity in enriched.entities:
        yield {"entity": entity.model_dump(mode="json", exclude_none=True)}
    for quote in enriched.quotes:
        yield {"quotation": quote.model_dump(mode="json", exclude_none=True, exclude=OF_THE_ARTICLE)}


def load() -> GoldenAnswers:
    """Read the file."""
    header, *lines = (json.loads(line) for line in FILE.read_text("utf-8").splitlines())
    articles: dict[str, GoldenArticle] = {}
    for line in lines:
        if "article" in line:
            articles[line["article"]] = GoldenArticle(line["text_hash"], [])
        else:
            list(articles.values())[-1].answers.append(line)
    return GoldenAnswers(header["release"], articles)


def find_problem(golden: GoldenAnswers, found: GoldenAnswers) -> str | None:
    """Compare; say what to do if the file does not hold the answers of this release."""
    changed = differences(golden, found)
    if changed and found.release <= golden.release:
        shown = "\n".join(changed[:MAX_SHOWN])
        return (
            f"The pipeline answers otherwise than the golden answers of release {golden.release}, and ANNOTATOR_RELEASE"
            f" is {found.release}.\nConsumers would drop the new records as copies of the old ones (the same ce_id)."
            " Was no answer meant to change? Then find out why it did.\nOtherwise raise ANNOTATOR_RELEASE in"
            " services/extract/quotewire_extract/release.py, run `make golden`, and commit both.\n"
            f"{len(changed)} differences:\n{shown}"
        )
    texts = [{name: one.text_hash for name, one in answers.articles.items()} for answers in (golden, found)]
    if golden.release != found.release or texts[0] != texts[1]:
        return "The golden answers are of another release, or of other texts: run `make golden`, and commit the file."
    return None


def differences(golden: GoldenAnswers, found: GoldenAnswers) -> list[str]:
    """Describe how answers to the same texts differ, a line each: ``-`` is missing, ``+`` is new."""
    lines: list[str] = []
    for name, old in golden.articles.items():
        new = found.articles.get(name)
        if new is None or new.text_hash != old.text_hash:
            continue  # another text: its answers may differ
        before = {_without_confidences(answer): _confidences(answer) for answer in old.answers}
        after = {_without_confidences(answer): _confidences(answer) for answer in new.answers}
        lines += [f"{name}: - {answer}" for answer in before if answer not in after]
        lines += [f"{name}: + {answer}" for answer in after if answer not in before]
        lines += [
            f"{name}: confidences {before[answer]} are {after[answer]}: {answer}"
            for answer in before.keys() & after.keys()
            if any(abs(a - b) > TOLERANCE for a, b in zip(before[answer], after[answer], strict=True))
        ]
    return lines


def _without_confidences(answer: Answer) -> str:
    return json.dumps(_map(answer), ensure_ascii=False)


def _map(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _map(value) for name, value in part.items() if name != CONFIDENCE}
    return [_map(value) for value in part] if isinstance(part, list) else part


def _confidences(part: Any) -> list[float]:
    """Return all confidences of an answer, in order."""
    if isinstance(part, list):
        return [value for item in part for value in _confidences(item)]
    if not isinstance(part, dict):
        return []
    return [
        value for name, item in part.items() for value in ([float(item)] if name == CONFIDENCE else _confidences(item))
    ]


def save(answers: GoldenAnswers) -> None:
    """Write the file: a line per answer, so that a change is seen as a line."""
    lines: list[dict[str, Any]] = [{"release": answers.release}]
    for name, one in answers.articles.items():
        lines += [{"article": name, "text_hash": one.text_hash}, *one.answers]
    FILE.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def main() -> int:
    """Write the answers of this release, unless they changed without it; return the exit code."""
    found = find_answers(Pipelines({"en": "en_wire"}, release=ANNOTATOR_RELEASE))
    golden = load() if FILE.exists() else replace(found, articles={})
    problem = find_problem(golden, found)
    if problem is None:
        sys.stdout.write(f"the golden answers of release {found.release} are up to date\n")
        return 0
    if differences(golden, found) and found.release <= golden.release:
        sys.stderr.write(f"{problem}\n")
        return 1
    save(found)
    sys.stdout.write(f"wrote the answers of release {found.release} for {len(found.articles)} articles\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
