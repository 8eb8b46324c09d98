"""Words that a page sets apart and has in its text as well stand once."""

import pytest

from kit.pages import PARAGRAPHS, html, parse

QUOTED = "“Nobody told us that the new pier would be closed.”"


def text_with(block: str) -> list[str]:
    inner = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[:2]) + block
    inner += "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS[2:])
    return list(parse(html(paragraphs=[]).replace("<article>", f"<article>{inner}")).text.split("\n"))


@pytest.mark.parametrize(
    "block",
    [
        f"<blockquote><p>{QUOTED}</p></blockquote>",
        f"<blockquote>{QUOTED}</blockquote>",
        f"<div class='pull-quote'><p>{QUOTED}</p><p>Ilvane Morrec, harbour master of Oststrand</p></div>",
        f"<p class='PullQuote'>{QUOTED}</p>",
        f"<h3 class='article-quote'>{QUOTED}</h3>",
        "<blockquote><p>“Nobody told us that the new pier would be closed.” “Morrec said, and pointed at the berth.”"
        "</p></blockquote>".replace(" at the berth", ""),
    ],
)
def test_a_pull_quote_is_dropped(block: str) -> None:
    assert text_with(block) == PARAGRAPHS


@pytest.mark.parametrize(
    "block",
    [
        "<blockquote><p>“We asked for the plans in May and have not seen them yet.”</p></blockquote>",
        "<blockquote><p>“Nobody told us that the new pier was closed. We asked for the plans in May.”</p></blockquote>",
        "<p>Nobody told us that the new pier would be closed.</p>",
    ],
)
def test_a_quotation_with_words_of_its_own_stays(block: str) -> None:
    assert len(text_with(block)) == 5
