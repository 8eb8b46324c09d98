"""Assemble the pipeline of en_wire around a trained tagger.

    python models/en_wire/assemble.py TAGGER_FOLDER

TAGGER_FOLDER holds model.int8.onnx, tokenizer.json and reader.json. Writes en_wire/pipeline/ beside this file: the same
tagger and version give the same bytes.
"""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from pathlib import Path

import spacy
from spacy.language import Language

HERE = Path(__file__).parent


def assemble(tagger: Path, version: str) -> Language:
    """Build the pipeline: spaCy's English tokenizer, sentences by punctuation, then our components."""
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("wire_reader").from_disk(tagger)  # type: ignore[attr-defined]
    nlp.add_pipe("names")
    nlp.add_pipe("speakers")
    nlp.meta.update(
        name="wire",
        version=version,
        description="Entities and attributed quotations of English news, with speakers",
        license="Apache-2.0",
        spacy_version=">=3.8.7,<3.9.0",
        author="Quotewire",
    )
    return nlp


def _sort_marks(path: Path) -> None:
    """Sort the sentence marks: spaCy keeps them in a set, whose order changes from run to run."""
    marks = json.loads(path.read_text(encoding="utf-8"))
    marks["punct_chars"].sort()
    path.write_text(json.dumps(marks, indent=1) + "\n", encoding="utf-8")


def main() -> int:
    """Assemble from the folder named on the command line."""
    if len(sys.argv) != 2:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    version = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    target = HERE / "en_wire" / "pipeline"
    built = HERE / "en_wire" / "pipeline.new"
    shutil.rmtree(built, ignore_errors=True)
    assemble(Path(sys.argv[1]), version).to_disk(built)
    _sort_marks(built / "sentencizer.json")
    shutil.rmtree(target, ignore_errors=True)
    built.rename(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
