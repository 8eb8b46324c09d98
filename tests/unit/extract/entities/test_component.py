"""The entities of one article have consistent labels, full names and ids."""

from __future__ import annotations

import pytest
from spacy.training import Example

from kit.annotated import document, labelled, names_of
from quotewire_extract.entities.component import NamesComponent


def test_a_surname_follows_the_full_name() -> None:
    doc = document("Ana Ruiz met Ruiz's lawyer. Ruiz smiled.", PERSON="Ana Ruiz", ORG="Ruiz")
    assert names_of(doc)["Ruiz"] == ("PERSON", "Ana Ruiz")
    assert len({entity._.entity_id for entity in doc.ents}) == 1


def test_titles_possessives_and_punctuation_are_not_part_of_a_name() -> None:
    doc = document(
        "President Ana Ruiz’s plan failed. Dr. Okafor’s did not.", PERSON="President Ana Ruiz’s|Dr. Okafor’s"
    )
    assert set(names_of(doc)) == {"Ana Ruiz", "Okafor"}


def test_missed_mentions_of_a_known_name_are_found() -> None:
    doc = document("Ana Ruiz spoke. Later Ruiz left, and Ruiz was tired.", PERSON="Ana Ruiz")
    assert [entity.text for entity in doc.ents] == ["Ana Ruiz", "Ruiz", "Ruiz"]


def test_a_part_of_a_longer_name_is_not_a_surname() -> None:
    doc = document("Ana Ruiz spoke in the Carlos Ruiz Street.", PERSON="Ana Ruiz")
    assert [entity.text for entity in doc.ents] == ["Ana Ruiz"]


def test_spellings_of_one_name_are_one_entity() -> None:
    doc = document("Olexiy Danylenkoyy", PERSON="Olexiy Danylenkoyy")
    assert doc.ents[0]._.entity_id == "e1"
    doc = document(
        "Petro Zorynskyy arrived. Petro Zorynskiy left. Zorynsky stayed.",
        PERSON="Petro Zorynskyy|Petro Zorynskiy|Zorynsky",
    )
    assert len({entity._.entity_id for entity in doc.ents}) == 1
    assert len({entity._.name_key for entity in doc.ents}) == 1


def test_acronyms_join_the_name_they_stand_for() -> None:
    doc = document("The Coastal Fisheries Authority (CFA) met. The CFA agreed.", ORG="Coastal Fisheries Authority|CFA")
    assert {entity._.name for entity in doc.ents} == {"Coastal Fisheries Authority"}


def test_a_capital_is_a_place_whatever_the_tagger_says() -> None:
    doc = document("Kyiv says it will wait. Paris agreed.", PERSON="Kyiv", ORG="Paris")
    assert names_of(doc) == {"Kyiv": ("GPE", "Kyiv"), "Paris": ("GPE", "Paris")}


def test_the_majority_decides_the_label() -> None:
    doc = document("Velino rose. Velino fell. Velino", LOC="Velino")
    mixed = document("Tallow rose. The firm Tallow fell.", ORG="Tallow")
    assert names_of(doc)["Velino"][0] == "LOC"
    assert names_of(mixed)["Tallow"][0] == "ORG"


def test_mrs_is_not_her_husband() -> None:
    doc = document("Jonas Berg resigned. Mrs. Berg stayed with the party. Mr. Berg did not.", PERSON="Jonas Berg|Berg")
    ids = [entity._.entity_id for entity in doc.ents]
    assert ids[0] == ids[2] != ids[1]


def test_of_two_with_one_surname_the_first_keeps_it() -> None:
    doc = document("Ana Ruiz and her son Luis Ruiz came. Ruiz spoke first.", PERSON="Ana Ruiz|Luis Ruiz|Ruiz")
    assert doc.ents[-1]._.name == "Ana Ruiz"


def test_a_headline_s_verb_is_not_part_of_the_fullest_name() -> None:
    doc = document(
        "Ruth Amadi Hammers Bank\nRuth Amadi spoke. Ruth Amadi left.", PERSON="Ruth Amadi Hammers|Ruth Amadi"
    )
    assert {entity._.name for entity in doc.ents} == {"Ruth Amadi"}


def test_ids_are_the_same_every_time() -> None:
    text = "Ana Ruiz met Tallow and Ben Lind in Oslo."
    first = document(text, PERSON="Ana Ruiz|Ben Lind", ORG="Tallow", GPE="Oslo")
    second = document(text, PERSON="Ana Ruiz|Ben Lind", ORG="Tallow", GPE="Oslo")
    assert [e._.entity_id for e in first.ents] == [e._.entity_id for e in second.ents] == ["e1", "e2", "e3", "e4"]


def test_the_scorer_compares_spans_and_labels() -> None:
    text = "Ana Ruiz met Tallow. Ruiz smiled."
    gold = labelled(text, PERSON="Ana Ruiz|Ruiz", GPE="Tallow")
    scores = NamesComponent().score([Example(document(text, PERSON="Ana Ruiz", ORG="Tallow"), gold)])
    assert (scores["ents_p"], scores["ents_r"], scores["ents_f"]) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    assert scores["ents_per_type"]["PERSON"]["f"] == 1
    assert NamesComponent(scorer=None).score([]) == {}
