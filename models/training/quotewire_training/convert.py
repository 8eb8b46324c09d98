"""Step 1: corpora to arrays of labelled word pieces."""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING

from quotewire_extract.tagger.pieces import load_tokenizer
from quotewire_training import dataset
from quotewire_training.augment import augmented
from quotewire_training.docbins import read_docbin
from quotewire_training.markup import read_markup
from quotewire_training.polnear import read_split
from quotewire_training.settings import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tokenizers import Tokenizer

    from quotewire_training.settings import Build, Corpus
    from quotewire_training.spans import QuotedText


def convert(build: Build, corpora: Path, own: Path, tokenizer_file: Path, run: Path) -> None:
    """Write `run`/data/NAME.npz for every corpus of the build that is not there yet, and print its contents."""
    tokenizer = load_tokenizer(tokenizer_file)
    (run / "data").mkdir(parents=True, exist_ok=True)
    for corpus in build.corpora:
        target = data_file(run, corpus)
        if target.exists():
            print(f"convert: {corpus.name}: {target} exists already ({_digest(target)})")
            continue
        begun = time.monotonic()
        examples = list(_examples(corpus, (own if corpus.own else corpora) / corpus.path, tokenizer, build.seed))
        dataset.save(examples, target)
        pieces = sum(len(example.pieces) for example in examples)
        print(
            f"convert: {corpus.name}: {len(examples):,} texts, {pieces:,} pieces in {time.monotonic() - begun:.0f} s "
            f"→ {target} ({_digest(target)})"
        )


def data_file(run: Path, corpus: Corpus) -> Path:
    """Return the path of a converted corpus."""
    return run / "data" / f"{corpus.name}.npz"


def _examples(corpus: Corpus, path: Path, tokenizer: Tokenizer, seed: int) -> Iterator[dataset.Example]:
    if not path.exists():
        raise BuildError(
            f"{path} is not there; corpus {corpus.name} needs it (give the folder of corpora, or take it out)"
        )
    if corpus.form == "docbin":
        for named in read_docbin(path):
            if named.text.strip():
                yield dataset.named_example(named, tokenizer)
        return
    for number, quoted in enumerate(_quoted(corpus, path, seed)):
        if int((number + 1) * corpus.share) > int(number * corpus.share):
            yield dataset.quoted_example(quoted, tokenizer)


def _quoted(corpus: Corpus, path: Path, seed: int) -> Iterable[QuotedText]:
    if corpus.form == "polnear":
        return read_split(path)
    if corpus.form == "polnear-restaged":
        return augmented(read_split(path), str(seed))
    files = sorted(path.glob("*.txt")) if path.is_dir() else [path]
    return [article.quoted for file in files for article in read_markup(file)]


def _digest(path: Path) -> str:
    return "sha256 " + hashlib.sha256(path.read_bytes()).hexdigest()[:16]
