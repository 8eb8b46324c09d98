from pathlib import Path

import pytest

from quotewire_training.markup import MarkupError, read_marked, read_markup
from quotewire_training.spans import Attribution

WORLD = Path(__file__).resolve().parents[3] / "models" / "training" / "world"


def test_tags_become_spans_of_the_bare_text() -> None:
    text, attributions = read_marked("<q1>“Rain,”</q1> <s1>she</s1> <c1>said</c1>, <q1>“again.”</q1>")
    assert text == "“Rain,” she said, “again.”"
    assert attributions == [Attribution(((0, 7), (18, 26)), ((12, 16),), ((8, 11),), core=True)]


def test_a_report_is_distinguished_from_a_quotation() -> None:
    _, attributions = read_marked("<s1>They</s1> <c1>discussed</c1> <r1>quotas</r1>")
    assert [attribution.core for attribution in attributions] == [False]


def test_tags_may_overlap() -> None:
    text, attributions = read_marked("<q1>he <c2>said <q2>yes</c2> and</q1> no</q2>")
    assert text == "he said yes and no"
    assert [text[slice(*a.content[0])] for a in attributions] == ["he said yes and", "yes and no"]


@pytest.mark.parametrize(
    ("marked", "fault"),
    [
        ("<q1>a", "<q1> is not closed"),
        ("a</q1>", "</q1> closes nothing"),
        ("<q1><q1>a</q1>", "opened twice"),
        ("<q1></q1>", "holds no text"),
        ("<s1>she</s1> left", "number 1 has no content"),
        ("<x>a</x>", "<x> is no tag of ours"),
        ("<r1>a</r1><q1>b</q1>", "both q and r"),
    ],
)
def test_a_fault_is_named(marked: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault.replace("<", r"\<")):
        read_marked(marked)


def test_a_fault_in_a_file_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("# sport | Delmar\nfine\n\n# court | Hallam\n<q1>a\n")
    with pytest.raises(MarkupError, match=r"a\.txt:4: .*<q1> is not closed"):
        read_markup(path)


def test_a_file_without_a_heading_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("text\n")
    with pytest.raises(MarkupError, match="before the first heading"):
        read_markup(path)


@pytest.mark.parametrize("half", ["train", "measure"])
def test_our_own_articles_can_be_read_and_there_are_enough(half: str) -> None:
    articles = [article for path in sorted((WORLD / half).glob("*.txt")) for article in read_markup(path)]
    paragraphs = [line for article in articles for line in article.quoted.text.split("\n") if line.strip()]
    assert len(paragraphs) >= 150


def test_no_article_is_in_both_halves() -> None:
    halves = [
        {article.quoted.text for path in (WORLD / half).glob("*.txt") for article in read_markup(path)}
        for half in ("train", "measure")
    ]
    assert not halves[0] & halves[1]
