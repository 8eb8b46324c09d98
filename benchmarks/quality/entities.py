"""Entities on held-out news: exact span and type, beside spaCy's models, with every error in its sentence.

    python benchmarks/quality/entities.py CORPORA [--errors FILE] [--model FOLDER] [--spacy en_core_web_sm] [--regions]

CORPORA is a folder with ner/. The sets are articles of worldwide newswire, and forums, wikis and talks (UNER
English-EWT, GUM, wikigold), that are not used in training but for model selection. ``--regions`` divides the newswire
by the part of the world whose countries its marked places and peoples name most.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "models" / "training"))

from quote_errors import in_sentence  # noqa: E402  # needs the path above
from quotes import packaged_model  # noqa: E402
from regions import region_of  # noqa: E402

from quotewire_extract.tagger.tagger import Tagger  # noqa: E402
from quotewire_training.docbins import read_docbin  # noqa: E402
from quotewire_training.spans import NamedText  # noqa: E402

Entity = tuple[int, int, str]
Find = Callable[[str], Iterable[Entity]]

FOLDED = {"PERSON": "PERSON", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC", "NORP": "NORP"}
"""The types that all corpora and systems distinguish alike. Places are one type: corpora divide them differently."""

PEERS = (
    ("en_core_web_sm 3.8.0", 67.0),
    ("en_core_web_md 3.8.0", 69.8),
    ("en_core_web_sm's ner, fine-tuned on our corpora", 79.7),
)
"""F over the folded types on the test part of worldwide newswire, in percent; this benchmark uses dev."""


@dataclass(slots=True)
class EntityCounts:
    """Counts of one set: right, wrong and missed by type, and the errors."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    errors: list[tuple[str, str, str]] = field(default_factory=list)

    def f1(self, kinds: Iterable[str]) -> tuple[float, float, float]:
        """Return precision, recall and F over some types, in percent."""
        right, wrong, missed = (sum(c[k] for k in kinds) for c in (self.right, self.wrong, self.missed))
        precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
        return 100 * precision, 100 * recall, 200 * right / max(1, 2 * right + wrong + missed)


def held_out(corpora: Path) -> dict[str, list[NamedText]]:
    """Return the two held-out sets by name. Raises FileNotFoundError."""
    for name in ("ner_A_dev", "ner_B_dev"):
        if not (corpora / "ner" / f"{name}.spacy").exists():
            raise FileNotFoundError(f"{corpora}/ner/{name}.spacy is not there; give the folder of corpora")
    mixed = list(read_docbin(corpora / "ner" / "ner_A_dev.spacy"))
    known = {named.text for named in mixed}
    # The second file is half of the first file and the newswire.
    wire = [named for named in read_docbin(corpora / "ner" / "ner_B_dev.spacy") if named.text not in known]
    return {"worldwide newswire": wire, "forums, wikis, talks": mixed}


def measure(find: Find, texts: Sequence[NamedText]) -> tuple[EntityCounts, EntityCounts, float]:
    """Find the entities of every text; returns counts over the folded types, over all types, and words per second."""
    folded, full, words, took = EntityCounts(), EntityCounts(), 0, 0.0
    for named in texts:
        begun = time.perf_counter()
        found = list(find(named.text))
        took += time.perf_counter() - begun
        words += len(named.text.split())
        score(folded, named, [(s, e, FOLDED[t]) for s, e, t in found if t in FOLDED], FOLDED)
        score(full, named, found, None)
    return folded, full, words / max(took, 1e-9)


def score(counts: EntityCounts, named: NamedText, found: Iterable[Entity], fold: dict[str, str] | None) -> None:
    """Count one text. A leading "the" is optional; entities that touch unknown spans of the corpus are not counted."""

    def counted(entities: Iterable[Entity]) -> set[Entity]:
        free = {_without_the(named.text, entity) for entity in entities}
        return {x for x in free if not any(a < x[1] and x[0] < b for a, b in named.unknown)}

    gold = [(s, e, fold[t] if fold else t) for s, e, t in named.entities if not fold or t in fold]
    wanted, given = counted(gold), counted(found)
    for counter, part in (
        (counts.right, wanted & given),
        (counts.wrong, given - wanted),
        (counts.missed, wanted - given),
    ):
        counter.update(kind for _, _, kind in part)
    for start, end, kind in sorted((wanted | given) - (wanted & given)):
        error = _error_type((start, end, kind), wanted, given)
        if error:
            counts.errors.append((error, kind, in_sentence(named.text, [(start, end)])))


def _error_type(entity: Entity, wanted: set[Entity], given: set[Entity]) -> str | None:
    """Return the type of an error; a wrong boundary or type is reported only for the gold entity."""
    start, end, _ = entity
    is_gold = entity in wanted
    other = given if is_gold else wanted
    same = [x for x in other if x[:2] == (start, end)]
    near = [x for x in other if x[0] < end and start < x[1]]
    if same:
        return f"wrong type (found: {same[0][2]})" if is_gold else None
    if near:
        return "wrong boundary" if is_gold else None
    return "missed" if is_gold else "false alarm"


def _without_the(text: str, entity: Entity) -> Entity:
    start, end, kind = entity
    return (start + 4, end, kind) if text[start : start + 4].lower() == "the " else entity


def tagger_find(tagger: Tagger) -> Find:
    """Return a function that finds entities with our tagger."""

    def find(text: str) -> Iterable[Entity]:
        output = tagger.tag(text)
        for entity in output.entities:
            yield int(output.words[entity.first, 0]), int(output.words[entity.last, 1]), entity.label

    return find


def spacy_find(model: str) -> Find:
    """Return a function that finds entities with a spaCy model. Raises OSError where it is not installed."""
    import spacy

    nlp = spacy.load(model, exclude=["tagger", "parser", "morphologizer", "lemmatizer", "senter", "attribute_ruler"])
    return lambda text: [(ent.start_char, ent.end_char, ent.label_) for ent in nlp(text).ents]


def show(name: str, who: str, counts: tuple[EntityCounts, EntityCounts, float]) -> None:
    """Print one set's table."""
    folded, full, speed = counts
    precision, recall, f1 = folded.f1(set(FOLDED.values()))
    print(f"{name} · {who}: P {precision:.1f} R {recall:.1f} F {f1:.1f}  ({speed:,.0f} words/s)")
    print("  " + "  ".join(f"{kind} {folded.f1([kind])[2]:.1f}" for kind in ("PERSON", "ORG", "LOC", "NORP")))
    kinds = sorted(full.right | full.missed | full.wrong, key=lambda k: -(full.right[k] + full.missed[k]))
    cells = [f"{kind} {full.f1([kind])[2]:.1f} ({full.right[kind] + full.missed[kind]})" for kind in kinds]
    print("  all types, unfolded: " + "  ".join(cells) + "\n")


def by_region(texts: Sequence[NamedText]) -> dict[str, list[NamedText]]:
    """Group texts by the region of their marked places and peoples, the largest group first."""
    groups: dict[str, list[NamedText]] = {}
    for named in texts:
        region = region_of(named.text[s:e] for s, e, kind in named.entities if FOLDED.get(kind) in ("LOC", "NORP"))
        groups.setdefault(region, []).append(named)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("corpora", type=Path, help="folder with ner/")
    parser.add_argument("--model", type=Path, help="folder of a tagger (default: the packaged en_wire)")
    parser.add_argument("--stride", type=int, default=0, help="pieces from window to window; 0: no overlap, as shipped")
    parser.add_argument("--spacy", action="append", default=[], help="an installed spaCy model to compare with")
    parser.add_argument("--regions", action="store_true", help="also print the newswire by parts of the world")
    parser.add_argument("--errors", type=Path, help="write every error in its sentence to this file")
    parser.add_argument("--json", type=Path, help="write the scores to this file")
    chosen = parser.parse_args(arguments)
    try:
        sets = held_out(chosen.corpora)
        finders = {"this tagger": tagger_find(Tagger(chosen.model or packaged_model(), stride=chosen.stride or None))}
        finders |= {model: spacy_find(model) for model in chosen.spacy}
    except (OSError, ValueError) as error:
        print(f"entities: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2
    lines, scores = [], {}
    for name, texts in sets.items():
        for who, find in finders.items():
            counts = measure(find, texts)
            show(name, who, counts)
            if who == "this tagger":
                scores[name] = counts[0].f1(set(FOLDED.values()))[2]
                lines += [f"{error}\t{kind}\t{name}\t{sentence}" for error, kind, sentence in sorted(counts[1].errors)]
    if chosen.regions:
        for who, find in finders.items():
            for region, texts in by_region(sets["worldwide newswire"]).items():
                precision, recall, f1 = measure(find, texts)[0].f1(set(FOLDED.values()))
                print(f"{who} · {region} ({len(texts)} texts): P {precision:.1f} R {recall:.1f} F {f1:.1f}")
    for who, value in PEERS:
        print(f"{who + ' (test part)':60} {value:5.1f}")
    if chosen.errors:
        chosen.errors.write_text("\n".join(lines) + "\n", "utf-8")
        print(f"{len(lines)} errors → {chosen.errors}")
    if chosen.json:
        chosen.json.write_text(json.dumps(scores, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
