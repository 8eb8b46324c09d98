"""Split bylines and author statements into the names of people."""

import re
import unicodedata
from collections import Counter

from quotewire_ingest.parse.folding import fold

# Words before the first name, in the languages of the pages that the parser is measured on.
BYLINE_PREFIX = re.compile(
    r"^\s*(?:(?:written|reported|reporting|story|text|words|analysis|opinion|photos?|interview|as told to)\s+)?"
    r"(?:by|von|par|por|di|da|door|av|af|od|autor(?:zy|ka|in)?|author|texte|skribent|text|foto|kirjoittanut|yazan|oleh|bởi|от|автор|автори|by:)\s*:?\s+",
    re.IGNORECASE,
)
# Words and marks between two names. A comma separates names except before a suffix such as Jr.
_SEPARATOR = re.compile(
    r"\s*[;|•·／、]\s*|\s+/\s+|\s*\n\s*|\s+(?:and|und|et|y|e|en|och|og|ja|i|ve|dan|и|та|with|mit|avec|con)\s+|\s*&\s*|\s*,\s*(?!(?:jr|sr|md|phd|m\.d|ph\.d|ii|iii|iv)\b)",
    re.IGNORECASE,
)
# Words that show that a name is a desk, an agency, an outlet or a rank, not a person.
_NOT_A_PERSON = re.compile(
    r"\b(?:staff|editor(?:s|ial|ial board)?|newsroom|news ?desk|desk|team|admin(?:istrator)?|web ?desk|unknown"
    r"|anonymous|redaktion|redaktionen|redacci[oó]n|r[eé]daction|redazione|redactie|redakce|redakcja|toimitus|redaktor"
    r"|(?:presse)?-?agent[uú]r(?:en)?|agenc(?:y|ies|ia|ias|e)|press|wire|newswire|services?|bureau|correspondents?|guest"
    r"|contributors?|reuters|afp|dpa|apa|ansa|efe|bloomberg|pa media|aap|tass|xinhua|news|media|magazine|times|post"
    r"|daily|tribune|herald|gazette|online|network|group|foundation|institute|university|ministry|department|committee"
    r"|council|limited|ltd|inc|gmbh|podcast|show|video|none|null|undefined|n/a|author|reporter|redaktsiya|developer"
    r"|nachrichten|noticias|not[ií]cias|notizie|nouvelles|nyheter|nyheder|haber(?:ler)?|ajans[ıi]?|zeitung|journal)\b"
    r"|редакция|редакція|编辑部|記者|记者|本报|新华社|新聞|新闻|通信社?$|オンライン|デジタル|ニュース|뉴스|दैनिक|समाचार|https?:|www\.|@\w|\.(?:com|net|org|de|fr|uk|at|ch)\b",
    re.IGNORECASE,
)
# What follows a name: brackets, a role, a place, "for" an outlet, a date.
_SUFFIX = re.compile(
    r"\s*(?:\(.*?\)|\[.*?\]|<.*?>|[-–—|]\s.*|,\s*(?:(?:senior|chief|deputy|special|staff|political|sports?|business)\s+)*(?:reporter|editor|correspondent|writer|columnist|"
    r"redakteur(?:in)?|journalist(?:in|e)?|autor(?:in)?)\b.*|\bfor\s+[A-Z].*|\bvia\s+.*|\bin\s+[A-Z]\w+$"
    r"|\s(?:January|February|September|October|November|December)(?:\s.*)?)$"
)
# "Harbour Broadcasting (HBC)": the short name of an outlet inside its long one.
_BRACKETED = re.compile(r"\(([^()]+)\)")
_MARKS_AT_ENDS = ' \t,;:–—-|•*"“”'
# Longer parts are sentences, not names.
_MAX_NAME_WORDS = 6
_MAX_NAME_CHARACTERS = 80
# More names than this are a list of staff.
_MAX_AUTHORS = 20
# What stands behind so much text is not read: twenty authors with their roles and addresses take a tenth of it.
_MAX_CHARACTERS = 20_000
# A longer part is a sentence, also where it begins with a name and a bracket.
_MAX_PART_CHARACTERS = 400


def split_bylines(bylines: list[str], outlet_names: list[str]) -> list[str]:
    """Return the people named in bylines, in order, each once.

    Desks, agencies and the outlet itself are left out. A name in capitals gets ordinary case.
    """
    names_of_outlet = [part for name in outlet_names if name for part in (name, *_BRACKETED.findall(name))]
    outlets = {fold(name) for name in names_of_outlet} - {""}
    found: dict[str, str] = {}
    left = _MAX_CHARACTERS
    for byline in bylines:
        byline, left = byline[:left], max(0, left - len(byline))
        parts = _SEPARATOR.split(BYLINE_PREFIX.sub("", _without_emails(byline)))
        after_desk = False
        for part in parts:
            name = parse_person_name(part)
            if name is None or _is_outlet(name, outlets):
                after_desk = True
            elif " " in name or not after_desk:  # one word after the name of a desk is the place of the desk
                found.setdefault(fold(name), name)
    return _without_parts(list(found.values()))[:_MAX_AUTHORS]


def _without_emails(byline: str) -> str:
    """Return a byline with single blanks and without the words that are e-mail addresses."""
    return " ".join(word if "@" not in word or not _is_email(word) else " " for word in byline.split())


def _is_email(word: str) -> bool:
    at = word.find("@", 1)
    return at > 0 and word.find(".", at + 2, len(word) - 1) > 0


def _is_outlet(name: str, outlets: set[str]) -> bool:
    """Whether a name is the outlet's, a part of it, or one of its branches (its name and a place)."""
    return any(fold(name) in outlet for outlet in outlets) or (" " in name and fold(name.split()[0]) in outlets)


def parse_person_name(part: str) -> str | None:
    """Reduce one part of a byline to a person's name; None where it names no person."""
    if len(part) > _MAX_PART_CHARACTERS:
        return None
    name = BYLINE_PREFIX.sub("", part.strip("." + _MARKS_AT_ENDS)).strip()
    previous = None
    while name != previous:
        previous, name = name, _SUFFIX.sub("", name).strip(_MARKS_AT_ENDS)
    if not name or len(name) > _MAX_NAME_CHARACTERS or len(name.split()) > _MAX_NAME_WORDS:
        return None
    if any(char.isdigit() for char in name):
        return None
    if _NOT_A_PERSON.search(name) or not any(unicodedata.category(char).startswith("L") for char in name):
        return None
    if len(fold(name)) < 2 or "_" in name or "/" in name:
        return None
    if name.islower() and name.isascii() and " " not in name:
        return None  # a login name
    return _ordinary_case(name)


def _ordinary_case(name: str) -> str:
    if " " in name and (name.isupper() or name.islower()) and name.upper() != name.lower() and len(name) > 5:
        return " ".join("-".join(piece.capitalize() for piece in word.split("-")) for word in name.split())
    return name


def _without_parts(names: list[str]) -> list[str]:
    """Return the names that are not one word of another: `Doe` beside `Jane Doe` is the same person."""
    words = [name.casefold().split() for name in names]
    holders = Counter(word for parts in words for word in dict.fromkeys(parts))
    return [name for name, parts in zip(names, words, strict=True) if len(parts) != 1 or holders[parts[0]] == 1]
