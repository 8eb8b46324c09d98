"""The pipeline `en_wire` with a component in front that does to its process what a text asks for.

Only tests name it: `QUOTEWIRE_EXTRACT__PIPELINES__EN=en_poisonable` with this folder and `tests` on `PYTHONPATH`.
Nothing that is installed knows the words.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from spacy.language import Language

import en_wire
from chaos.pipelines.words import CRASH, HANG, OVEREAT

if TYPE_CHECKING:
    from spacy.tokens import Doc

MOUTHFUL = 16 << 20
"""Bytes taken at once, two hundred times a second: the parent, which looks ten times a second, is to see it coming."""


def load() -> Language:
    """Load `en_wire` with the component."""
    nlp = en_wire.load()
    nlp.add_pipe("poisonable", first=True)
    return nlp


@Language.component("poisonable")
def poisonable(doc: Doc) -> Doc:
    """Do what the text asks for, if it asks for anything."""
    for words, deed in DEEDS.items():
        if words in doc.text:
            deed()
    return doc


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _hang() -> None:
    while True:
        time.sleep(60)


def _overeat() -> None:
    eaten = []
    while True:
        eaten.append(bytearray(os.urandom(1)) * MOUTHFUL)
        time.sleep(0.005)


DEEDS: dict[str, Callable[[], None]] = {CRASH: _crash, HANG: _hang, OVEREAT: _overeat}
