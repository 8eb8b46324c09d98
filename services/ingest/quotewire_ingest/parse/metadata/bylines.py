"""Split bylines and author statements into the names of people."""

import re
import unicodedata
from collections import Counter

from quotewire_ingest.parse.folding import fold
from quotewire_ingest.parse.metadata.byline_roles import cut_behind_name, is_other_trade, keep_writers

# Words before the first name, in the languages of the pages that the parser is measured on.
BYLINE_PREFIX = re.compile(
    r"^\s*(?:(?:written|reported|reporting|posted|published|submitted|story|text|words|analysis|opinion|interview"
    r"|as told to)\s+)?"
    r"(?:by|von|par|por|di|da|door|av|af|od|autor(?:zy|ka|in)?|author(?!\s+of\b)|texte?|skribent|kirjoittanut|yazan|oleh|bởi|от"
    r"|автор|автори|текст|كتبت?|بقلم|מאת|文)\s*[:/：]?\s+|^\s*(?:文|by|von|autor|author|texte?|текст|كتبت?|بقلم)\s*[:/：]\s*",
    re.IGNORECASE,
)
# Words and marks between two people. "Ortega y Gasset" is one: y, e and i separate only whole names.
_SEPARATOR = re.compile(
    r"\s*[;|•·／、\n]\s*|\s*/\s*|\s*,?\s+(?:y|e|i)\s+(?=\S+\s+\S)|\s*,?\s*&\s*"
    r"|\s*,?\s+(?:and|und|et|en|och|og|ja|ve|dan|и|та|with|mit|avec|con|samt)\s+",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*,\s*")
_GENERATION = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_DEGREE = (
    r"(?:M\.?D|Ph\.?\s?D|M\.?Sc|B\.?Sc|M\.?A|B\.?A|MBA|MPH|R\.?N|D\.?O|J\.?D|Esq|DDS|DVM|FRCP|FRS|CBE|OBE|MBE"
    r"|LL\.?[MB]|CFA|CPA|RDN?|LCSW|Psy\.?D|Ed\.?D|D\.?Phil|Pharm\.?D|DPT)\.?(?:\s*\(Hons\))?"
)
_DEGREES = re.compile(rf"{_DEGREE}(?:\s*{_DEGREE})*")
# Behind two words: Ma may be a family name.
_DEGREES_AT_END = re.compile(rf"(\w\s+\S*\w.*?)(?:,?\s+{_DEGREE})+$")
# Words that show that a name is a desk, an agency, an outlet or a rank, not a person.
_NOT_A_PERSON = re.compile(
    r"^(?:the|this|our|all)\s|\b(?:print|share|subscribe|comments?|article|advertisement|breaking|related|web(?:master|redaktion|editor)|super-?user|press\s+release|pressemitteilung|gastautor"
    r"|staff|editor(?:s|ial|ial board)?|newsroom|news ?desk|desk|team|admin(?:istrator)?|web ?desk|unknown"
    r"|anonymous|redaktion|redaktionen|redacci[oó]n|r[eé]daction|redazione|redactie|redakce|redakcja|toimitus|redaktor"
    r"|(?:presse)?-?agent[uú]r(?:en)?|agenc(?:y|ies|ia|ias|e)|press|wire|newswire|services?|bureau|correspondents?|guest"
    r"|contributors?|reuters|afp|dpa|apa|ansa|efe|bloomberg|pa media|aap|tass|xinhua|news|media|magazine|times|post"
    r"|daily|tribune|herald|gazette|online|network|group|foundation|institute|university|ministry|department|committee"
    r"|council|limited|ltd|inc|gmbh|podcast|show|video|none|null|undefined|n/a|author|reporter|redaktsiya|developer"
    r"|hora|diario|gazeta?|tribuna|nachrichten|noticias|not[ií]cias|notizie|nouvelles|nyheter|nyheder|haber(?:ler)?|ajans[ıi]?|zeitung|journal)\b"
    r"|редакция|редакція|编辑部|報導|报道|報道|本报|新华社|新聞|新闻|通信社?$|オンライン|デジタル|ニュース|뉴스|दैनिक|समाचार|https?:|www\.|@\w|\.(?:com|net|org|de|fr|uk|at|ch)\b",
    re.IGNORECASE,
)
# What follows a name: brackets, a role, a month.
_SUFFIX = re.compile(
    r"\s*(?:\(.*?\)|\[.*?\]|<.*?>|[-–—|]\s.*|,\s*(?:(?:senior|chief|deputy|special|staff|political|sports?|business)\s+)*(?:reporter|editor|correspondent|writer|columnist|"
    r"redakteur(?:in)?|journalist(?:in|e)?|autor(?:in)?)\b.*"
    r"|\s(?:January|February|September|October|November|December)(?:\s.*)?)$"
)
# East Asian pages name the trade before or behind the name.
_REPORTER = re.compile(
    r"^(?:本報|本报)?(?:記者|记者|特約|特约)\s*[:：]?\s*|\s*(?:記者|记者|기자|특파원|特派員|編集委員)$"
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
# What is left of "runa@post.example (Runa Veld)".
_BRACKETED_NAME = re.compile(r"(?:^|(?<=, ))\(([^()]+)\)(?=,|$)")
_IN_BRACKETS = re.compile(r"(.*?)\s*\(([^()]+)\)\s*")
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


# Words of a name that begin with a small letter.
_PARTICLES = frozenset([
    "de", "del", "della", "dell", "di", "da", "do", "dos", "das", "du", "des", "la", "le", "el", "al", "ul", "bin",
    "ibn", "bint", "abu", "van", "von", "der", "den", "ter", "ten", "te", "zu", "zum", "zur", "af", "av", "y", "e", "i",
    "und", "'t", "st", "san", "ap", "ab", "ó", "ní", "nic", "mac",
])  # fmt: skip
_FUNCTION_WORDS = frozenset(["of", "the", "and", "with", "to", "for", "in", "on", "this", "our", "by", "as"])


def split_bylines(bylines: list[str], outlet_names: list[str]) -> list[str]:
    """Return the people named in bylines who wrote, in order, each once.

    Photographers, editors, desks, agencies and the outlet itself are left out. A name in capitals gets ordinary case;
    "Castell, Wilma" is turned round.
    """
    names_of_outlet = [part for name in outlet_names if name for part in (name, *_BRACKETED.findall(name))]
    outlets = {fold(name) for name in names_of_outlet} - {""}
    found: dict[str, str] = {}
    left = _MAX_CHARACTERS
    for byline in bylines:
        byline, left = byline[:left], max(0, left - len(byline))
        byline = without_addresses(_TAG.sub(" ", byline))
        for written in keep_writers(BYLINE_PREFIX.sub("", byline)):
            for part in _SEPARATOR.split(written):
                for name in _people_of_part(_without_outlet(cut_behind_name(part), outlet_names), outlets):
                    found.setdefault(fold(name), name)
    return _without_parts(list(found.values()))[:_MAX_AUTHORS]


def _people_of_part(part: str, outlets: set[str]) -> list[str]:
    """Return the people of a part of a byline in which only commas separate them."""
    pieces = [piece for piece in _COMMA.split(part.strip()) if piece]
    if turned := _turn_round(pieces, outlets):
        return turned
    people: list[str] = []
    after_desk = False
    for piece in pieces:
        bracketed = _IN_BRACKETS.fullmatch(piece)
        if _GENERATION.fullmatch(piece):
            people[-1:] = [f"{name} {piece}" for name in people[-1:]]
        elif is_other_trade(piece):
            del people[-1:]
        elif not _DEGREES.fullmatch(piece) and not (bracketed and is_other_trade(bracketed[2])):
            name = parse_person_name(piece)
            if name is None or _is_outlet(name, outlets):
                after_desk = True
            elif " " in name or not after_desk:  # one word behind the name of a desk is the place of the desk
                people.append(name)
    return people


def _without_outlet(part: str, outlet_names: list[str]) -> str:
    """Return a part of a byline without the outlet's name behind a full name ("Runa Veld Harbour Post")."""
    for outlet in outlet_names:
        name = part[: -len(outlet)].rstrip()
        if " " in outlet and " " in name and name != part and part.lower().endswith(f" {outlet.lower()}"):
            return name
    return part


def _turn_round(pieces: list[str], outlets: set[str]) -> list[str]:
    """Return the names where every two pieces are a family name and a given name; nothing where they are not."""
    if not pieces or len(pieces) % 2:
        return []
    names = [_turned(family, given, outlets) for family, given in zip(pieces[::2], pieces[1::2], strict=True)]
    return [name for name in names if name] if all(names) else []


def _turned(family: str, given: str, outlets: set[str]) -> str | None:
    *particles, last = family.split()
    first, *initials = given.split()
    if any(word not in _PARTICLES for word in particles) or any(len(word.strip(".")) > 1 for word in initials):
        return None
    if not first[0].isupper() or _GENERATION.fullmatch(first) or _DEGREES.fullmatch(first):
        return None
    words = (parse_person_name(last), parse_person_name(first))
    if any(word is None or _is_outlet(word, outlets) for word in words):
        return None
    return parse_person_name(f"{given} {family}")


def without_addresses(byline: str) -> str:
    """Return a byline with single blanks and without the words that are addresses or names of accounts."""
    lines = [
        " ".join(word for word in line.split() if word != "()" and not _is_address(word)) for line in byline.split("\n")
    ]
    return _BRACKETED_NAME.sub(r"\1", "\n".join(lines))


def _is_address(word: str) -> bool:
    if "://" in word or word.startswith("www.") or "(at)" in word or "[at]" in word:
        return True
    at = word.find("@")
    return at == 0 or (at > 0 and word.find(".", at + 2, len(word) - 1) > 0)


def _is_outlet(name: str, outlets: set[str]) -> bool:
    """Whether a name is the outlet's, a part of it, or one of its branches (its name and a place)."""
    return any(fold(name) in outlet for outlet in outlets) or (" " in name and fold(name.split()[0]) in outlets)


def parse_person_name(part: str) -> str | None:
    """Reduce one part of a byline to a person's name; None where it names no person."""
    if len(part) > _MAX_PART_CHARACTERS:
        return None
    name = _DEGREES_AT_END.sub(r"\1", part.strip(_MARKS_AT_ENDS))
    name = cut_behind_name(BYLINE_PREFIX.sub("", name.strip("." + _MARKS_AT_ENDS)).strip())
    previous = None
    while name != previous:
        previous, name = name, _REPORTER.sub("", _SUFFIX.sub("", name)).strip(_MARKS_AT_ENDS)
    if not name or len(name) > _MAX_NAME_CHARACTERS or len(name.split()) > _MAX_NAME_WORDS:
        return None
    if any(char.isdigit() for char in name):
        return None
    if _NOT_A_PERSON.search(name) or not any(unicodedata.category(char).startswith("L") for char in name):
        return None
    if len(fold(name)) < 2 or "_" in name or "/" in name or _is_phrase(name):
        return None
    if name.islower() and name.isascii() and " " not in name:
        return None  # a login name
    words = name.split()
    while len(words) > 2 and words[-1] in _PARTICLES:
        words.pop()
    dot = "." if words[-1] in ("Jr", "Sr") and f"{words[-1]}." in part else ""
    return _ordinary_case(" ".join(words)) + dot


def _is_phrase(name: str) -> bool:
    """Whether words with and without a capital letter are mixed as in no name."""
    small = {word for word in name.split() if word.islower() and word not in _PARTICLES}
    return bool(small & _FUNCTION_WORDS) if name.islower() else bool(small)


def _ordinary_case(name: str) -> str:
    if " " in name and (name.isupper() or name.islower()) and name.upper() != name.lower() and len(name) > 5:
        return " ".join("-".join(piece.capitalize() for piece in word.split("-")) for word in name.split())
    return name


def _without_parts(names: list[str]) -> list[str]:
    """Return the names that are not one word of another: `Doe` beside `Jane Doe` is the same person."""
    words = [name.casefold().split() for name in names]
    holders = Counter(word for parts in words for word in dict.fromkeys(parts))
    return [name for name, parts in zip(names, words, strict=True) if len(parts) != 1 or holders[parts[0]] == 1]
