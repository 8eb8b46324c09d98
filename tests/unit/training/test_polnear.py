from pathlib import Path

import pytest

from quotewire_training.polnear import read_annotation, read_split
from quotewire_training.spans import Attribution

ANNOTATION = """T1\tSource 0 9\tAda Vrell
T2\tCue 10 14\tsaid
T3\tContent 15 22;24 30\tit rain snows
T4\tDiscard 40 50\tadvert her
E1\tAttribution:T2 Source:T1 Cue:T2 Content:T3
E2\tAttribution:T2 Source:T1 Cue:T2
"""


def test_reads_roles_discontinuous_content_and_discarded_text() -> None:
    attributions, discarded = read_annotation(ANNOTATION)
    assert attributions == [Attribution(((15, 22), (24, 30)), ((10, 14),), ((0, 9),))]
    assert discarded == [(40, 50)]


def test_an_attribution_without_content_is_skipped() -> None:
    attributions, _ = read_annotation("T1\tCue 0 4\tsaid\nE1\tCue:T1\n")
    assert attributions == []


def _split(folder: Path, texts: dict[str, str], annotations: dict[str, str]) -> Path:
    for name, files, ending in (("text", texts, "txt"), ("attributions", annotations, "ann")):
        (folder / name).mkdir()
        for stem, content in files.items():
            (folder / name / f"{stem}.{ending}").write_bytes(content.encode())
    return folder


def test_the_first_annotator_by_name_counts_and_carriage_returns_stay(tmp_path: Path) -> None:
    folder = _split(
        tmp_path,
        {"b_one": "It rains,\r\nshe said."},
        {"b_one_2": "T1\tContent 0 2\tIt\nE1\tContent:T1\n", "b_one_1": "T1\tContent 3 8\train\nE1\tContent:T1\n"},
    )
    (quoted,) = read_split(folder)
    assert quoted.text == "It rains,\r\nshe said."
    assert quoted.attributions[0].content == ((3, 8),)


def test_a_folder_without_texts_says_which_folder_is_wanted(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="parent folder of polnear"):
        list(read_split(tmp_path))


def test_a_text_without_annotation_is_named(tmp_path: Path) -> None:
    folder = _split(tmp_path, {"lonely": "x"}, {})
    with pytest.raises(ValueError, match="lonely"):
        list(read_split(folder))
