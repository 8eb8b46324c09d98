from pathlib import Path

import pytest

from quotewire_training.package import is_better
from quotewire_training.settings import Build, BuildError

SMALL = {"name": "x", "version": "1", "seed": 1, "corpora": [], "train": {"steps": 1}}
BUILDS = Path(__file__).resolve().parents[3] / "models" / "training" / "builds"


@pytest.mark.parametrize("path", sorted(BUILDS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_build_can_be_read(path: Path) -> None:
    assert Build.read(path).name == path.stem


def test_the_open_build_has_no_corpus_without_a_licence() -> None:
    build = Build.read(BUILDS / "en_wire_open.toml")
    assert build.corpora
    assert all("not stated" not in corpus.licence for corpus in build.corpora)


def test_a_wrong_field_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text('name = "x"\nversion = "1"\nseed = 1\ncorpora = []\n[train]\nsteps = 0\n')
    with pytest.raises(BuildError, match=r"odd\.toml: train\.steps: .*greater than 0"):
        Build.read(path)


def test_courses_share_the_corpora_and_differ_in_seed_and_dropout() -> None:
    build = Build.model_validate({**SMALL, "kept": 0.5, "courses": [{"seed": 7, "share": 0.5, "dropout": 0.1}]})
    alone = build.of_course(build.courses[0])
    assert (alone.seed, alone.train.dropout, alone.train.steps) == (7, 0.1, 1)
    assert alone.corpora == build.corpora


def test_shares_that_do_not_sum_to_one_are_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.toml"
    path.write_text(
        'name = "x"\nversion = "1"\nseed = 1\ncorpora = []\n[train]\nsteps = 1\n[[courses]]\nseed = 1\nshare = 0.4\n'
    )
    with pytest.raises(BuildError, match=r"odd\.toml: .*sum to 0\.4, not to 1"):
        Build.read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="No such file"):
        Build.read(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("joint", "entities", "expected"),
    [(81.0, 84.5, True), (82.0, 83.8, True), (80.9, 83.9, False), (83.0, 83.0, False)],
)
def test_a_tagger_replaces_only_a_worse_one(joint: float, entities: float, expected: bool) -> None:
    assert is_better({"joint": joint, "entities": entities}, {"joint": 80.9, "entities": 84.0}) is expected
