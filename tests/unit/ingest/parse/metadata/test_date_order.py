"""Whether 3/4/2026 is in March or in April."""

import pytest

from kit.pages import html, parse
from quotewire_ingest.parse.metadata.date_order import choose_date_order, language_subtag
from quotewire_ingest.parse.metadata.written_dates import Order


@pytest.mark.parametrize(
    ("tags", "url", "texts", "order"),
    [
        (["en-US"], "https://a.example/1", [], Order.MONTH_FIRST),
        (["en", "en_US"], "https://a.example/1", [], Order.MONTH_FIRST),
        (["en-GB"], None, [], Order.DAY_FIRST),
        (["es"], None, [], Order.DAY_FIRST),
        (["en"], "https://a.co.uk/1", [], Order.DAY_FIRST),
        (["en"], "https://a.ie/1", [], Order.DAY_FIRST),
        # Publishing systems write en-US where nobody changed it.
        (["en-US"], "https://a.co.uk/1", [], Order.UNKNOWN),
        (["en-US"], None, ["Closed since 25/03/2026"], Order.DAY_FIRST),
        (["en"], None, ["03/25/2026"], Order.MONTH_FIRST),
        (["en"], None, ["03/25/2026", "25/03/2026"], Order.UNKNOWN),
        (["en"], "https://a.io/1", [], Order.UNKNOWN),
        (["english", "xx-YY", None, ""], None, [], Order.UNKNOWN),
    ],
)
def test_other_dates_of_the_page_then_its_country_decide(
    tags: list[str | None], url: str | None, texts: list[str], order: Order
) -> None:
    assert choose_date_order(tags, url, texts) is order


@pytest.mark.parametrize(
    ("head", "lang", "day"),
    [
        ('<meta name="date" content="02/01/2026">', "en-US", "2026-02-01"),
        ('<meta property="article:published_time" content="2/1/2026 10:00:00 AM">', "en-US", "2026-02-01"),
        ('<meta name="date" content="02/01/2026"><meta property="og:locale" content="en_US">', "en", "2026-02-01"),
        ('<meta name="date" content="02/01/2026">', "en-GB", "2026-01-02"),
        ('<meta name="date" content="02/01/2026">', "en", None),
        ('<meta name="date" content="February 1, 2026">', "en", "2026-02-01"),
    ],
)
def test_meta_elements_are_read_in_the_order_of_the_page(head: str, lang: str, day: str | None) -> None:
    published = parse(html(head, lang=lang)).published_at
    assert (published.date().isoformat() if published else None) == day


def test_language_of_a_tag() -> None:
    assert [language_subtag(tag) for tag in ("pt-BR", "zh_Hans_CN", "EN", "english", "", None)] == [
        "pt", "zh", "en", None, None, None,
    ]  # fmt: skip
