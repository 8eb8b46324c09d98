"""The worker: one outcome for every input."""

from pathlib import Path

import pytest

from kit.ingest_without_kafka import Stream
from quotewire_ingest.bootstrap import Ingest

pytestmark = pytest.mark.integration

GOOD = "The ferry sails at dawn, the harbour master Ilvane Morrec said on Monday."


async def test_every_bad_input_ends_in_one_outcome_with_a_reason(
    stream: Stream, service: Ingest, tmp_path: Path
) -> None:
    bad = {
        "empty.txt": b"",
        "blank.txt": b" \n\t\n",
        "binary.txt": bytes(range(256)) * 40,
        "latin.txt": "Ästhetik größer über Übermut. ".encode("latin-1") * 10,
        "nul.txt": b"A minister\0 said no.\n",
        "huge.txt": b"Nobody said a word. " * 15_000,
        "broken.jsonl": b'{"title": "x", "text": \n',
        "surrogate.jsonl": b'{"id": "1", "text": "a \\ud800 b"}\n',
        "image.html": b"\x89PNG\r\n\x1a\n" + bytes(100),
    }
    folder = tmp_path / "in"
    folder.mkdir()
    for name, body in bad.items():
        (folder / name).write_bytes(body)
    (folder / "folder.txt").mkdir()
    (folder / "good.txt").write_text(GOOD)
    counts = await stream.submit_paths(folder, folder / "missing.txt", folder / "folder.txt")
    assert counts.outcomes == {"rejected": 11, "published": 1}
    reasons = dict(stream.query("SELECT regexp_replace(name, '.*/', ''), reason FROM ingest.inputs"))
    assert reasons == {
        "empty.txt": "empty",
        "blank.txt": "blank",
        "binary.txt": "binary",
        "latin.txt": "not_utf8",
        "nul.txt": "nul",
        "huge.txt": "too_large",
        "broken.jsonl:1": "not_json",
        "surrogate.jsonl:1": "surrogate",
        "image.html": "not_a_page",
        "missing.txt": "missing",
        "folder.txt": "nothing_to_read",
        "good.txt": None,
    }
