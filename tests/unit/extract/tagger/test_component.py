from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

from kit.annotated import quotation
from quotewire_extract.tagger.component import FILES, TaggerComponent
from quotewire_extract.tagger.metadata import UnfitModelError

SAID = "“The ferry sails at dawn,” Ilvane Morrec of the U.S. Coast Guard said in Veldmark. 😀 She didn't say why."


@pytest.fixture(scope="module")
def alone(model_folder: Path) -> Language:
    """A pipeline with only the tagger."""
    nlp = spacy.blank("en")
    component = nlp.add_pipe("wire_reader")
    assert isinstance(component, TaggerComponent)
    component.from_disk(model_folder)
    return nlp


def findings(doc: Doc) -> tuple[object, ...]:
    return [(e.text, e.label_) for e in doc.ents], doc._.quotes


def test_sets_entities_and_quotations(alone: Language) -> None:
    doc = alone(SAID)
    assert ("Ilvane Morrec", "PERSON") in [(e.text, e.label_) for e in doc.ents]
    (quotation,) = (q for q in doc._.quotes if q.kind == "direct")
    assert SAID[quotation.start : quotation.end] == "“The ferry sails at dawn,”"
    assert SAID[slice(*quotation.cue)].startswith("said")


def test_the_result_does_not_depend_on_what_else_goes_through_the_pipe(alone: Language) -> None:
    texts = [SAID, "", SAID * 30, "Bo Marn said no.", "\n".join([SAID] * 12)]
    by_themselves = [findings(alone(text)) for text in texts]
    for order in (texts, texts[::-1]):
        together = {doc.text: findings(doc) for doc in alone.pipe(order, batch_size=3)}
        assert [together[text] for text in texts] == by_themselves


def test_a_saved_pipeline_gives_the_same_results(alone: Language, tmp_path: Path) -> None:
    alone.to_disk(tmp_path / "saved")
    assert sorted(path.name for path in (tmp_path / "saved" / "wire_reader").iterdir()) == sorted(FILES)
    again = spacy.load(tmp_path / "saved")
    assert findings(again(SAID)) == findings(alone(SAID))
    again.to_disk(tmp_path / "saved")
    assert findings(spacy.load(tmp_path / "saved")(SAID)) == findings(alone(SAID))


def test_the_number_of_threads_does_not_change_the_results(alone: Language, model_folder: Path) -> None:
    nlp = spacy.blank("en")
    component = nlp.add_pipe("wire_reader", config={"threads": 2})
    assert isinstance(component, TaggerComponent)
    component.from_disk(model_folder)
    assert component.threads == 2
    assert findings(nlp(SAID * 5)) == findings(alone(SAID * 5))
    component.use_threads(1)
    assert findings(nlp(SAID * 5)) == findings(alone(SAID * 5))


def test_the_scorer_compares_entities_and_quotations(alone: Language) -> None:
    gold = alone.make_doc(SAID)
    spans = (gold.char_span(27, 40, label="PERSON"), gold.char_span(48, 64, label="LOC"))
    gold.set_ents([span for span in spans if span is not None], default="missing")
    start = SAID.index("She")
    gold._.quotes = [quotation(SAID, "“The ferry sails at dawn,”"), quotation(SAID, "She didn't say", after=start)]
    scores = alone.evaluate([Example(alone.make_doc(SAID), gold)])
    assert scores["ents_per_type"]["PERSON"]["f"] == 1
    assert scores["ents_per_type"]["LOC"]["r"] == 0
    assert (scores["quotes_r"], scores["quotes_p"]) == (0.5, 0.5)  # of two each, one is the same
    unlabelled = Example(alone.make_doc(SAID), alone.make_doc(SAID))
    assert alone.evaluate([unlabelled])["quotes_f"] is None


def test_a_component_without_a_model_says_what_to_do() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("wire_reader")
    with pytest.raises(UnfitModelError, match=r"no model: load it with from_disk, or spacy.load\('en_wire'\)"):
        nlp("A text.")


def test_the_package_loads_by_name(nlp: Language) -> None:
    assert spacy.load("en_wire").pipe_names == nlp.pipe_names == ["sentencizer", "wire_reader", "names", "speakers"]
