"""JSON-LD that templates and plugins have damaged."""

import pytest

from quotewire_ingest.parse.metadata.json_repair import load_script

_ARTICLE = '"@type":"NewsArticle","headline":"Ferry late","datePublished":"2026-03-02","author":{"name":"Runa Veld"}'
_NODE = {
    "@type": "NewsArticle",
    "headline": "Ferry late",
    "datePublished": "2026-03-02",
    "author": {"name": "Runa Veld"},
}


@pytest.mark.parametrize(
    "script",
    [
        f"{{{_ARTICLE}}}",
        f"\ufeff{{{_ARTICLE}}}",
        f"{{\n  // the article\n{_ARTICLE}\n}}",
        f"<!-- {{{_ARTICLE},}} -->",
        f"{{{_ARTICLE}}};",
        f"{{{_ARTICLE}",
        f'{{{_ARTICLE},"description":"she said "no" twice"}}',
    ],
)
def test_the_article_is_read_in_spite_of_a_fault(script: str) -> None:
    assert load_script(script) == [_NODE]


def test_several_values_in_one_script_are_all_read() -> None:
    assert load_script(f"{{{_ARTICLE}}}\n{{{_ARTICLE}}}") == [_NODE, _NODE]


def test_an_escape_that_json_does_not_know_is_kept_as_it_is_written() -> None:
    assert load_script(r'{"name": "it\'s \u00e9 \\ over"}') == [{"name": r"it\'s é \ over"}]


@pytest.mark.parametrize("script", ["", "window.x = 1", '{"@type": "Organization", "name": "A', "[" * 100_000])
def test_what_describes_no_article_and_is_damaged_gives_nothing(script: str) -> None:
    assert load_script(script) == []
