import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from quotewire_extract.tagger.metadata import TaggerMetadata, UnfitModelError
from quotewire_extract.tagger.network import Network
from quotewire_extract.tagger.tagger import Tagger
from quotewire_extract.tagger.thresholds import Decoding


@pytest.fixture
def folder(model_folder: Path, tmp_path: Path) -> Path:
    """A copy of the model that a test may change."""
    shutil.copytree(model_folder, tmp_path / "model")
    return tmp_path / "model"


def change(folder: Path, **fields: Any) -> None:
    path = folder / "reader.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_saved_metadata_is_loaded_and_equal_metadata_gives_equal_bytes(model_folder: Path, tmp_path: Path) -> None:
    known = TaggerMetadata.load(model_folder)
    changed = known.model_copy(update={"decoding": Decoding(cue=0.5)})
    changed.save(tmp_path)
    first = (tmp_path / "reader.json").read_bytes()
    assert TaggerMetadata.load(tmp_path) == changed
    changed.save(tmp_path)
    assert (tmp_path / "reader.json").read_bytes() == first


def test_the_model_has_its_own_thresholds(folder: Path) -> None:
    change(folder, decoding={"cue": 0.9})
    assert Tagger(folder).decoding.cue == 0.9
    assert Tagger(folder, decoding=Decoding(cue=0.2)).decoding.cue == 0.2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"format": 2}, "format: Input should be 1"),
        ({"labels": []}, "labels: Tuple should have at least 1 item"),
        ({"distance_bias": [[0.0] * 16, [0.0] * 17]}, "distance_bias.0: Tuple should have at least 17 items"),
        ({"labels": ["PERSON"]}, "and gives"),
    ],
)
def test_a_model_that_does_not_fit_is_rejected_with_a_message(
    folder: Path, fields: dict[str, Any], message: str
) -> None:
    change(folder, **fields)
    with pytest.raises(UnfitModelError, match=message):
        Network(folder)


def test_missing_and_damaged_files_are_named(folder: Path) -> None:
    (folder / "model.int8.onnx").write_bytes(b"not a graph")
    with pytest.raises(UnfitModelError, match=r"model\.int8\.onnx: "):
        Network(folder)
    (folder / "reader.json").write_text("{")
    with pytest.raises(UnfitModelError, match=r"reader\.json: the file: Invalid JSON"):
        Network(folder)
    (folder / "reader.json").unlink()
    with pytest.raises(UnfitModelError, match=r"reader\.json: No such file"):
        Network(folder)
