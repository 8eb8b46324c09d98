"""Keep those of a byline who wrote the article: not photographers, editors or translators, and no dates or buttons."""

from __future__ import annotations

import re

from quotewire_ingest.parse.metadata.months import month_number

_BY = r"(?:by|von|par|por|di|da|door|av|af|od|от|автор)\b\s*:?|:"
# "Words and photographs by" names the author.
_WRITING = (
    r"(?:words?|texte?|tekst|testo|texto|story|written|reported|reporting|report|contributed|analysis|opinion|interview|recherche)"
    r"(?:\s*(?:and|&|und|et|y|e|en|och|og|,|/)\s*(?:photo\w*|picture\w*|foto\w*|bild\w*|image\w*|video\w*|recherche))?"
)
_OTHER_WORK = (
    r"(?:additional|further|other)\s+\w+|photo\w*|foto\w*|picture\w*|image\w*|bild(?:er)?|illustrat\w*"
    r"|graphic\w*|grafik\w*|infogra\w*|video\w*|camera|kamera|edit\w*|redigiert|translat\w*|übersetz\w*|traduc\w*"
    r"|tradott\w*|research\w*|produc\w*|design\w*|fact[- ]check\w*|copy[- ]edit\w*|montage"
)
_ROLE = re.compile(rf"(?<!\w)(?:(?P<other>{_OTHER_WORK})|(?P<writing>{_WRITING}))\s*(?:{_BY})\s*", re.IGNORECASE)
# Someone whose trade or whose bracket says that they did not write.
_OTHER_TRADE = re.compile(
    r"^\W*(?:staff\s+|chief\s+)?(?:photo\w*|foto\w*|pictures?|illustrat\w*|translat\w*|übersetz\w*|video\w*|camera\w*|graphics?)"
    r"(?:\s+(?:editor|journalist|director))?\W*$",
    re.IGNORECASE,
)
# What a page sets behind a name.
_BEHIND = re.compile(
    r"(?<=\S)\s+[|•·–—-]?\s*(?:published|updated|posted|last\s+(?:updated|modified)|modified|created|first\s+published"
    r"|follow(?:ing)?|e-?mail|contact|profile|view\s+(?:all|profile|bio|posts|more)|see\s+(?:all|more)|read\s+more"
    r"|more\s+(?:from|by|stories|articles)|as\s+told\s+to|special\s+(?:to|for|correspondent)|special|exclusive|share|subscribe|opens?\s+(?:in|new)"
    r"|veröffentlicht|publiziert|erstellt|geschrieben|aktualisiert|folgen|kontakt|publié|mis\s+à\s+jour|suivre|publicado|actualizado|seguir|atualizado"
    r"|pubblicato|aggiornato|segui|gepubliceerd|opublikowano|aktualizacja|опубликовано|обновлено)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_CLAUSE = re.compile(
    r"(?<=\S)\s+(?:(?:for|at|in|from|via|on)\s+(?:the\s+)?[A-ZÀ-Þ]"
    r"|(?:is|was|has|are|reports?|writes?|covers?)\s).*$",
    re.DOTALL,
)
# A part that is a date line of its own.
_DATE_LINE = re.compile(
    r"^\s*(?:first\s+)?(?:published|updated|posted|modified|veröffentlicht|publiziert|aktualisiert|erstellt|publié|mis\s+à\s+jour"
    r"|publicado|actualizado|atualizado|pubblicato|aggiornato|stand)\b(?!\s+by\b)",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"^\s*(?:follow|contact|e-?mail|more\s+by|read\s+more)\s+(?=\S)", re.IGNORECASE)
# The start of a date or a clock time.
_DATE_START = re.compile(
    r"(?:^|(?<=\S)[\s,]+)(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?(?P<before>[^\W\d_]{3,12}\.?\s+)?"
    r"(?:\d{1,2}(?:[./-]\d|:\d\d|(?:st|nd|rd|th)?[.,]?\s+[^\W_])|(?:19|20)\d\d\b)",
    re.IGNORECASE,
)


def keep_writers(byline: str) -> list[str]:
    """Return the parts of a byline that name writers ("Photos by …, words by …" has one such part)."""
    parts: list[str] = []
    start, writing = 0, True
    for match in _ROLE.finditer(byline):
        if writing:
            parts.append(byline[start : match.start()])
        start, writing = match.end(), match["writing"] is not None
    if writing:
        parts.append(byline[start:])
    return [part for part in parts if part.strip()]


def cut_behind_name(text: str) -> str:
    """Cut off what stands behind a name: a date, a button, an outlet ("for The Post"), a clause ("is a reporter")."""
    if _DATE_LINE.match(text):
        return ""
    text = _CLAUSE.sub("", _BEHIND.sub("", _BEFORE.sub("", text)))
    date = _DATE_START.search(text)
    if date is None:
        return text
    month = (date["before"] or "").strip()
    return text[: date.start()] if not month or month_number(month, None) else text[: date.end("before")].rstrip()


def is_other_trade(text: str) -> bool:
    """Whether a part of a byline says that the person before it took pictures or the like."""
    return bool(_OTHER_TRADE.match(text))
