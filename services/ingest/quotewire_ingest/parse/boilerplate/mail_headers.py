"""Drop the header lines of an e-mail that was saved as text."""

from __future__ import annotations

import re

from quotewire_ingest.parse.boilerplate.lines import TextLines

_HEADER = re.compile(
    r"(from|to|cc|bcc|date|sent|subject|reply-to|message-id|von|an|gesendet|betreff|de|para|asunto|objet):\s*(.*)",
    re.IGNORECASE,
)
_SUBJECT = frozenset(("subject", "betreff", "asunto", "objet"))
_DATE = frozenset(("date", "sent", "gesendet"))
# A single line of this form may be anything.
_MIN_HEADERS = 2


def drop_mail_headers(lines: TextLines) -> str | None:
    """Drop the headers above the first blank line, if one is the subject, and return the subject."""
    headers: dict[int, re.Match[str]] = {}
    for index in range(len(lines.raw)):
        header = _HEADER.match(lines.raw[index])
        if header is None:
            break
        headers[index] = header
    names = {index: header[1].casefold() for index, header in headers.items()}
    subjects = [index for index, name in names.items() if name in _SUBJECT]
    if len(headers) < _MIN_HEADERS or not subjects:
        return None
    for index, name in names.items():
        lines.drop(index, "title" if name in _SUBJECT else "date_line" if name in _DATE else "furniture")
    return headers[subjects[0]][2].strip() or None
