"""The check of retired identifiers finds each kind wherever it can come back, and nothing else."""

import pytest
from check_retired import ROOT, TABLE, Table, found

PAGE = """
| old | new | kind | where |
|---|---|---|---|
| `quotewire_ingest.attic` | `quotewire_ingest.loft` | module | everywhere |
| `Parlour` | `Lounge` | class | everywhere |
| `Dusted` | `Cleaned` | class | quotewire_ingest |
| `door replaced` | `door_opened` | log event | everywhere |
| `aired` | `chairs_moved` | log event | everywhere |

| name | what it is |
|---|---|
| `wire_reader` | spaCy factory |
"""


def olds(path: str, text: str) -> list[str]:
    return [row.old for _, row in found(Table.read(PAGE), path, text)]


@pytest.mark.parametrize(
    ("path", "text", "old"),
    [
        ("a.py", "import quotewire_ingest.attic", "quotewire_ingest.attic"),
        ("a.py", "from quotewire_ingest import attic", "quotewire_ingest.attic"),
        ("a.py", "from quotewire_ingest.attic import x", "quotewire_ingest.attic"),
        ("pyproject.toml", 'entry = "quotewire_ingest.attic:main"', "quotewire_ingest.attic"),
        ("a.md", "see services/ingest/quotewire_ingest/attic.py", "quotewire_ingest.attic"),
        ("a.md", "the rules in `attic.py`", "quotewire_ingest.attic"),
        ("a.py", "class Parlour: ...", "Parlour"),
        ("a.py", "x = f'{stage.Parlour!r}'", "Parlour"),
        ("a.py", "patch('stage.reporting.Parlour')", "Parlour"),
        ("a.py", '"""A docstring about :class:`Parlour`."""', "Parlour"),
        ("a.md", "The `Parlour.open` of a house", "Parlour"),
        ("services/ingest/quotewire_ingest/a.py", "x = Dusted()", "Dusted"),
        ("a.py", "log.warning('door replaced', name=1)", "door replaced"),
        ("a.py", "assert 'door replaced' in events", "door replaced"),
        ("a.py", "log.info('aired' if many else 'none')", "aired"),
        ("a.py", "assert line['event'] == 'aired'", "aired"),
        ("a.md", '{"event": "aired", "files": 3}', "aired"),
        ("a.md", "the event `door replaced`", "door replaced"),
    ],
)
def test_a_retired_identifier_is_found(path: str, text: str, old: str) -> None:
    assert set(olds(path, text)) == {old}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.md", "A Parlour at the front; the seat is taken, `aired`."),
        ("a.py", "# a Parlour\nx = {'aired': 'Parlour'}"),
        ("services/store/quotewire_store/a.py", "x = Dusted()"),
        ("a.md", "quotewire_ingest/attic.json"),
        ("a.py", "from quotewire_ingest.attics import x"),
    ],
)
def test_plain_english_and_other_things_are_not(path: str, text: str) -> None:
    assert olds(path, text) == []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("| `x` | `y` | thing | everywhere |", "no kind"),
        ("| `wire_reader` | `tagger` | function | everywhere |", "interface"),
        ("| `Parlour` | `Reporter` | class | everywhere |", "twice"),
    ],
)
def test_a_wrong_row_is_an_error(row: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Table.read(PAGE.replace("\n\n| name", f"\n{row}\n\n| name"))


def test_a_file_name_that_another_file_has_is_not_retired() -> None:
    table = Table.read(PAGE, present=["attic.py"])
    assert list(found(table, "a.md", "the rules in `attic.py`")) == []


def test_the_page_can_be_read() -> None:
    table = Table.read((ROOT / TABLE).read_text("utf-8"))
    assert len(table.modules) > 100
    assert "wire_reader" in table.exempt
