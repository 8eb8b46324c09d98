"""The part of the world that a text is about, by the countries it names.

Regions follow the United Nations' geoscheme (M49) as far as newspapers do; the words for a country are those of
`quotewire_extract/lexicon/countries.txt`. A text about two regions belongs to the one it names more often, and one that
names no country to `ELSEWHERE`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

ELSEWHERE = "no country named"
_COUNTRIES = {
    "Africa": "Algeria;Angola;Benin;Botswana;Burkina Faso;Burundi;Cameroon;Chad;Congo;Djibouti;Egypt;Eritrea;Ethiopia;"
    "Gabon;Gambia;Ghana;Guinea;Ivory Coast;Kenya;Liberia;Libya;Madagascar;Malawi;Mali;Mauritania;Mauritius;Morocco;"
    "Mozambique;Namibia;Niger;Nigeria;Rwanda;Senegal;Sierra Leone;Somalia;South Africa;South Sudan;Sudan;Tanzania;Togo;"
    "Tunisia;Uganda;Zambia;Zimbabwe",
    "Middle East": "Bahrain;Iran;Iraq;Israel;Jordan;Kuwait;Lebanon;Oman;Palestine;Qatar;Saudi Arabia;Syria;Turkey;"
    "United Arab Emirates;Yemen",
    "South and Central Asia": "Afghanistan;Armenia;Azerbaijan;Bangladesh;Georgia;India;Kazakhstan;Kyrgyzstan;Maldives;"
    "Nepal;Pakistan;Sri Lanka;Tajikistan;Turkmenistan;Uzbekistan",
    "East and South-East Asia": "Cambodia;China;Indonesia;Japan;Laos;Malaysia;Mongolia;Myanmar;North Korea;"
    "Philippines;Singapore;South Korea;Taiwan;Thailand;Vietnam",
    "Oceania": "Australia;Fiji;New Zealand;Papua New Guinea;Tonga",
    "Latin America": "Argentina;Bolivia;Brazil;Chile;Colombia;Costa Rica;Cuba;Dominican Republic;Ecuador;El Salvador;"
    "Guatemala;Haiti;Honduras;Jamaica;Mexico;Nicaragua;Panama;Paraguay;Peru;Trinidad;Uruguay;Venezuela",
    "North America": "Canada;United States",
}
"""All other countries of the list are in Europe."""


@cache
def _regions() -> dict[str, str]:
    """Return the region by every word for a country or its people, in lower case."""
    region_of = {country: region for region, countries in _COUNTRIES.items() for country in countries.split(";")}
    found: dict[str, str] = {}
    for line in files("quotewire_extract.lexicon").joinpath("countries.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        words = [word.strip() for word in line.lstrip("~").replace("|", ",").split(",")]
        for word in filter(None, words):
            found[word.lower()] = region_of.get(words[0], "Europe")
    return found


def region_of(names: Iterable[str]) -> str:
    """Return the region that most names of places and peoples belong to; of equals the one named first."""
    known = _regions()
    plain = (name.lower().removeprefix("the ").removesuffix("'s").removesuffix("\u2019s") for name in names)
    counted = Counter(known[name] for name in plain if name in known)
    return counted.most_common(1)[0][0] if counted else ELSEWHERE
