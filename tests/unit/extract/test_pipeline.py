from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from quotewire_extract import pipeline as pipeline_module
from quotewire_extract.pipeline import Pipeline, Pipelines, primary_subtag, require_installed, split_text
from quotewire_extract.settings import Settings
from quotewire_runtime.config.settings import load
from quotewire_runtime.errors import SettingsError


@pytest.fixture(scope="session")
def plain_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spaCy pipeline of somebody else's: entities alone, and saved where an operator may keep it."""
    nlp = spacy.blank("de")
    ruler = nlp.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": "PER", "pattern": "Ilvane Morrec"}, {"label": "LOC", "pattern": "Veldmark"}])  # type: ignore[attr-defined]
    nlp.meta.update(name="harbour", version="1.2.3")
    path = tmp_path_factory.mktemp("models") / "de_harbour"
    nlp.to_disk(path)
    return path


def test_a_language_is_known_by_its_primary_subtag(pipelines: Pipelines) -> None:
    english = pipelines.for_language("en")
    assert english is not None
    assert pipelines.for_language("en-GB") is pipelines.for_language("EN_us") is english
    assert [pipelines.for_language(tag) for tag in ("fr", "", None, "enm")] == [None] * 4
    assert primary_subtag("zh-Hant-TW") == "zh"


def test_a_plain_spacy_pipeline_gives_entities_with_names(plain_model: Path) -> None:
    plain = Pipelines({"de": str(plain_model)}).for_language("de-AT")
    assert plain is not None
    assert (plain.finds_quotations, plain.name) == (False, "de_harbour 1.2.3")
    text = "Ilvane Morrec lebt in Veldmark."
    ((start, doc),) = plain.docs(text)
    assert start == 0
    assert [(e.text, e._.name_key) for e in doc.ents] == [("Ilvane Morrec", "ilvane morrec"), ("Veldmark", "veldmark")]


def test_a_plain_pipeline_gets_long_texts_in_parts(plain_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline_module, "MAX_PART", 50)
    plain = Pipeline(spacy.load(plain_model))
    text = "Ilvane Morrec lebt in Veldmark. 😀\n" * 20
    found = [(start + e.start_char, e.text) for start, doc in plain.docs(text) for e in doc.ents]
    assert len(found) == 40
    assert all(text.startswith(name, at) for at, name in found)


@given(st.text(alphabet="ab \n", max_size=200), st.integers(1, 30))
def test_split_text_keeps_the_whole_text_in_order(text: str, longest: int) -> None:
    found = list(split_text(text, longest))
    assert "".join(text[start:end] for start, end in found) == text
    assert all(0 < end - start <= longest for start, end in found)


def test_parts_end_with_lines_else_with_words() -> None:
    text = "one two\nthree four five six"
    assert [text[start:end] for start, end in split_text(text, 12)] == ["one two\n", "three four ", "five six"]


@pytest.mark.parametrize("name", ["no_such_model", "no such/model", ""])
def test_a_missing_pipeline_is_one_line_with_its_variable(name: str) -> None:
    with pytest.raises(SettingsError, match=r"QUOTEWIRE_EXTRACT__PIPELINES__DE: no spaCy pipeline .* install it"):
        require_installed("de", name)


def test_a_folder_that_is_no_pipeline_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"QUOTEWIRE_EXTRACT__PIPELINES__DE: .* does not load: "):
        Pipelines({"de": str(tmp_path)}).load()


def test_languages_are_added_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUOTEWIRE_EXTRACT__PIPELINES__DE", "de_core_news_sm")
    assert load(Settings).extract.pipelines == {"en": "en_wire", "de": "de_core_news_sm"}
    monkeypatch.setenv("QUOTEWIRE_EXTRACT__PIPELINES__EN", "en_core_web_sm")
    assert load(Settings).extract.pipelines == {"en": "en_core_web_sm", "de": "de_core_news_sm"}
