"""The people of a byline who wrote the article."""

import pytest

from quotewire_ingest.parse.metadata.bylines import split_bylines

OUTLETS = ["The Harbour Post", "Harbour Post", "harbour-post.example"]


@pytest.mark.parametrize(
    "byline",
    [
        "By Runa Veld",
        "Runa Veld for the Harbour Post",
        "Runa Veld The Harbour Post",
        "Runa Veld Special to the Post",
        "By Runa Veld Published 3 March 2026",
        "By Runa Veld • March 3, 2026",
        "Runa Veld, Tuesday 3 March 2026",
        "By Runa Veld on Monday, 2 March",
        "Runa Veld Follow",
        "Follow Runa Veld",
        "Runa Veld Email",
        "Runa Veld @rveld",
        "Runa Veld, Islands Correspondent",
        "Runa Veld is a reporter in Oststrand",
        "Runa Veld\nSenior Reporter",
        "Runa Veld, MD",
        "Runa Veld, M.D., Ph.D.",
        "Runa Veld RN",
        "Veld, Runa",
        "r.veld@post.example (Runa Veld)",
        "Runa Veld <r.veld@post.example>",
        "<strong>Runa Veld</strong>",
        "By Runa Veld | Photos by Teodor Quist",
        "Photographs by Teodor Quist, words by Runa Veld",
        "By Runa Veld. Photographs by Teodor Quist.",
        "Text: Runa Veld, Fotos: Teodor Quist",
        "Story and photos by Runa Veld",
        "Runa Veld and Teodor Quist (photos)",
        "Runa Veld, Teodor Quist, photographer",
        "Reporting by Runa Veld in Oststrand; editing by Teodor Quist",
        "Runa Veld; additional reporting by Teodor Quist",
        "AFP/Runa Veld",
        "RUNA VELD",
        "Von Runa Veld\npubliziert am 3. März 2026",
        "Contributed by Runa Veld",
        "Runa Veld as told to Teodor Quist",
    ],
)
def test_one_writer(byline: str) -> None:
    assert split_bylines([byline], OUTLETS) == ["Runa Veld"]


@pytest.mark.parametrize(
    ("byline", "people"),
    [
        ("Runa Veld/Teodor Quist", ["Runa Veld", "Teodor Quist"]),
        ("Runa Veld, with Teodor Quist", ["Runa Veld", "Teodor Quist"]),
        ("Veld, Runa; Quist, Teodor", ["Runa Veld", "Teodor Quist"]),
        ("Veld, Runa and van den Quist, Teodor J.", ["Runa Veld", "Teodor J. van den Quist"]),
        ("Runa Veld, Jr., Teodor Quist, MD", ["Runa Veld Jr.", "Teodor Quist"]),
        (
            "Runa de la Veld, Ivo van der Quist & Seán Ó Morrec",
            ["Runa de la Veld", "Ivo van der Quist", "Seán Ó Morrec"],
        ),
        ("Runa Veld y Teodor Quist", ["Runa Veld", "Teodor Quist"]),
        ("José Veld y Quist", ["José Veld y Quist"]),
        ("記者王小明／台北報導", ["王小明"]),
        ("김민수 기자", ["김민수"]),
        ("Yo-Yo Ma", ["Yo-Yo Ma"]),
        ("Runa Veld Jr.", ["Runa Veld Jr."]),
    ],
)
def test_several_people_and_uncommon_names(byline: str, people: list[str]) -> None:
    assert split_bylines([byline], OUTLETS) == people


@pytest.mark.parametrize(
    "byline",
    [
        "Photos by Teodor Quist", "Edited by Teodor Quist", "Teodor Quist, photographer", "webmaster", "Press release",
        "Author of the article", "By Monday it was over", "Print this article", "The Harbour Post", "Última Hora",
    ],
)  # fmt: skip
def test_nobody_who_wrote(byline: str) -> None:
    assert split_bylines([byline], OUTLETS) == []
