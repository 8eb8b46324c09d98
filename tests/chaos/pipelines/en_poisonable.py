"""The pipeline `en_wire` with a first component that harms its process when a text contains a trigger.

Only tests use it: `QUOTEWIRE_EXTRACT__PIPELINES__EN=en_poisonable` with this folder and `tests` on `PYTHONPATH`.
No installed code knows the triggers.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from spacy.language import Language

import en_wire
from chaos.pipelines.triggers import CRASH, EXHAUST_MEMORY, HANG

if TYPE_CHECKING:
    from spacy.tokens import Doc

ALLOCATION_BYTES = 16 << 20
"""Bytes allocated at once, 200 times a second: the parent checks ten times a second and must see the growth."""


def load() -> Language:
    """Load `en_wire` and add the component."""
    nlp = en_wire.load()
    nlp.add_pipe("poisonable", first=True)
    return nlp


@Language.component("poisonable")
def poisonable(doc: Doc) -> Doc:
    """Do what a trigger in the text asks for."""
    for trigger, action in ACTIONS.items():
        if trigger in doc.text:
            action()
    return doc


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _hang() -> None:
    while True:
        time.sleep(60)


def _exhaust_memory() -> None:
    allocated = []
    while True:
        allocated.append(bytearray(os.urandom(1)) * ALLOCATION_BYTES)
        time.sleep(0.005)


ACTIONS: dict[str, Callable[[], None]] = {CRASH: _crash, HANG: _hang, EXHAUST_MEMORY: _exhaust_memory}
