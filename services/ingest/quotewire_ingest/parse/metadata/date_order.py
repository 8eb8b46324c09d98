"""Decide whether a page writes 3/4/2026 for 3 April or for 4 March."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from quotewire_ingest.parse.metadata.written_dates import Order

_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/20\d\d(?!\d)")
# Domains of countries that outlets of any country use.
_USED_ANYWHERE = frozenset(["ai", "cc", "co", "fm", "gg", "io", "is", "la", "ly", "me", "sh", "to", "tv", "ws"])
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_](?:[A-Za-z]{2}|\d{3}))?$")


def choose_date_order(tags: Iterable[str | None], url: str | None, texts: Iterable[str]) -> Order:
    """Return the order by which a page or feed writes day and month.

    The other dates of the page decide first (25/03/2026 can be read in one way only). Then the language tags with a
    country (`en-US`) and the country of the host name, unless they contradict each other. English alone says nothing.

    Args:
        tags: the languages that the page states (`lang`, `og:locale`), as they are written.
        url: the address of the page.
        texts: what the page shows, searched for other dates.
    """
    shown = {order for text in texts for match in _SLASHED.finditer(text) if (order := _order_of(match)) is not None}
    stated = {_order_in_locale(tag.strip()) for tag in tags if tag} | {_order_in_country(url)}
    for orders in (shown, stated - {Order.UNKNOWN}):
        if len(orders) == 1:
            return orders.pop()
        if orders:
            return Order.UNKNOWN
    return Order.UNKNOWN


def language_subtag(tag: str | None) -> str | None:
    """Return the language of a tag: `pt` of `pt-BR`; None for anything that is no tag."""
    tag = (tag or "").strip()
    return re.split("[-_]", tag)[0].lower() if _LANGUAGE_TAG.fullmatch(tag) else None


def _order_of(match: re.Match[str]) -> Order | None:
    first, second = int(match[1]), int(match[2])
    if first > 12 >= second:
        return Order.DAY_FIRST
    return Order.MONTH_FIRST if second > 12 >= first else None


def _order_in_country(url: str | None) -> Order:
    country = (urlsplit(url or "").hostname or "").rpartition(".")[2]
    if len(country) != 2 or country in _USED_ANYWHERE:
        return Order.UNKNOWN
    return _order_in_locale(f"en_{'GB' if country == 'uk' else country.upper()}")


@lru_cache(maxsize=256)
def _order_in_locale(tag: str) -> Order:
    """The order of the short date that CLDR gives for a locale."""
    if not _LANGUAGE_TAG.fullmatch(tag) or tag.lower() == "en":
        return Order.UNKNOWN
    from babel import Locale, UnknownLocaleError  # 30 ms, and few pages write dates with slashes

    try:
        pattern = str(Locale.parse(tag.replace("-", "_")).date_formats["short"].pattern)
    except (UnknownLocaleError, ValueError):
        return Order.UNKNOWN
    day, month, year = pattern.find("d"), pattern.find("M"), pattern.find("y")
    if year < day:
        return Order.UNKNOWN
    return Order.DAY_FIRST if day < month else Order.MONTH_FIRST
