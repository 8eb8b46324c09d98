"""Tell a line that says when an article was published from a headline that contains a date."""

import re

from quotewire_ingest.parse.boilerplate.patterns import DATE

# What may stand before the day.
_LABEL = re.compile(
    r"\W*+(?:(?:first|last|originally|article|story|zuletzt|dernière)\s+)?"
    r"(?:published|updated|posted|created|modified|mise? à jour|publiée?|veröffentlicht|aktualisiert|erstellt|"
    r"stand(?=:|\s+\d)|publicad[oa]|actuali[sz]ad[oa]|pubblicat[oa]|aggiornat[oa]|atualizad[oa]|gepubliceerd|"
    r"bijgewerkt|publisert|oppdatert|publicerad|uppdaterad|"
    r"(?:date|datum|fecha|data)(?=:|\s+\d))(?!\w)",
    re.IGNORECASE,
)
# Words in small letters beside a day and a time of day.
_DATE_WORDS = frozenset(
    ("at", "on", "am", "pm", "a.m", "p.m", "um", "uhr", "den", "le", "à", "h", "de", "del", "alle", "ore", "às", "om",
     "klo", "kl", "the", "of")
)  # fmt: skip
# Place, day of the week, time zone; a line of more other words is a headline.
_MAX_OTHER_WORDS = 4


def is_date_line(line: str) -> bool:
    """Whether a line is a date with a label, a place or a time of day, and no sentence or headline about a date."""
    if not DATE.search(line):
        return False
    if _LABEL.match(line):
        return True
    words = [word.strip(".,;:()|–—-") for word in DATE.sub(" ", line).split()]
    words = [word for word in words if any(map(str.isalpha, word)) and word.casefold() not in _DATE_WORDS]
    return len(words) <= _MAX_OTHER_WORDS and not any(word[0].islower() for word in words)
