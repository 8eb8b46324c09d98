"""Augment a corpus: rewrite direct quotations as lists of quotations and as transcripts.

Lists of opinions («“…” — Ana Ruiz, 34, Lima») and interviews («RUIZ: …») are common in the news but rare in the
corpora, and their cue is a sign, not a word. So the quotations of an article are taken out and set in such layouts; the
seed and the article's name decide which. The words of the content stay unchanged.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quotewire_training.spans import Attribution, QuotedText, Stretch
from quotewire_training.speech_cues import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAME = re.compile(r"(?:[A-Z][\w'’.-]+ ){0,2}[A-Z][\w'’-]+")
_PRONOUNS = frozenset(("He", "She", "They", "We", "I", "It", "Who", "You", "Others", "Some", "Many", "The", "A"))
_MARK = re.compile('["“”„«»]')
_MIN_WORDS = 4
_MIN_QUOTATIONS = 3
"""An article with fewer quotations is not augmented."""

_DASHES = ("―", "—", "–", "-", "--", "~")
_MARKS = (("“", "”"), ('"', '"'), ("''", "''"), ("«", "»"), ("", ""))
_TRADES = ("a teacher", "nurse", "a retired engineer", "shopkeeper", "a student", "taxi driver", "farmer", "a lawyer")
_TOWNS = ("Lima", "Nairobi", "Leeds", "Tampa, Fla.", "Lyon", "Dhaka", "Kraków", "Osaka", "Accra", "Cork", "Manila")


@dataclass(frozen=True, slots=True)
class SpeakerQuote:
    """What one person says: the words without quotation marks, and a name."""

    words: str
    name: str


def augmented(texts: Iterable[QuotedText], seed: str) -> Iterator[QuotedText]:
    """Yield a list of quotations and a transcript for every article with enough quotations of named speakers."""
    for quoted in texts:
        said = list(speaker_quotes(quoted))
        if len(said) < _MIN_QUOTATIONS:
            continue
        rng = random.Random(f"{seed}:{quoted.name}")
        yield _TextWriter(rng).quote_list(f"{quoted.name}:voices", said)
        yield _TextWriter(rng).transcript(f"{quoted.name}:transcript", said)


def speaker_quotes(quoted: QuotedText) -> Iterator[SpeakerQuote]:
    """Yield the longer direct quotations of a text whose content is one stretch and whose source has a name."""
    for attribution in quoted.attributions:
        if len(attribution.content) != 1 or kind_of(attribution.content, quoted.text) != "direct":
            continue
        words = quoted.text[slice(*attribution.content[0])].strip(" \"“”„«»‘’'`").rstrip(",")
        source = " ".join(quoted.text[a:b] for a, b in attribution.source)
        name = _NAME.search(source)
        if not name or name.group() in _PRONOUNS or _MARK.search(words) or "\n" in words:
            continue
        if len(words.split()) >= _MIN_WORDS:
            yield SpeakerQuote(words if words[-1] in ".!?…" else words + ".", name.group())


class _TextWriter:
    """Writes a text piece by piece and returns the stretch of each piece."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._text = ""
        self._attributions: list[Attribution] = []

    def _write(self, words: str) -> Stretch:
        start = len(self._text)
        self._text += words
        return start, len(self._text)

    def quote_list(self, name: str, said: list[SpeakerQuote]) -> QuotedText:
        """Write each quotation in quotation marks, then a dash and the name, on the same line or on the next."""
        rng = self._rng
        opening, closing = rng.choice(_MARKS[:-1])
        dash, before, after = rng.choice(_DASHES), rng.choice((" ", " ", "", "\n")), rng.choice((" ", " ", ""))
        described, gap = rng.random() < 0.4, rng.choice(("\n", "\n\n"))
        for quote in said:
            content = self._write(opening + quote.words + closing)
            self._write(before)
            cue = self._write(dash)
            self._write(after)
            about = f", {rng.randint(19, 81)}, {rng.choice(_TRADES)}, {rng.choice(_TOWNS)}" if described else ""
            source = self._write(quote.name + about)
            self._write(rng.choice(("", "", ".")) + gap)
            self._attributions.append(Attribution((content,), (cue,), (source,), core=True))
        return self._finished(name)

    def transcript(self, name: str, said: list[SpeakerQuote]) -> QuotedText:
        """Write each turn after its speaker's name and a colon; some turns have two paragraphs."""
        rng = self._rng
        opening, closing = rng.choice(_MARKS)
        upper, surname, outside = rng.random() < 0.6, rng.random() < 0.5, rng.random() < 0.3
        gap = rng.choice(("\n", "\n\n"))
        for quote in said:
            who = quote.name.split()[-1] if surname else quote.name
            if outside:  # the mark is before the name, as where a whole transcript is quoted
                self._write(opening)
            source = self._write(who.upper() if upper else who)
            cue = self._write(":")
            self._write(" ")
            inner = "" if outside else opening
            stretches = []
            for number, paragraph in enumerate(_paragraphs(quote.words, rng)):
                if number:
                    self._write(gap)
                    if outside:
                        self._write(opening)
                stretches.append(self._write((opening if number and not outside else inner) + paragraph))
            if not outside and closing:
                start, _ = stretches.pop()
                self._write(closing)
                stretches.append((start, len(self._text)))
            self._write(gap)
            self._attributions.append(Attribution(tuple(stretches), (cue,), (source,), core=True))
        return self._finished(name)

    def _finished(self, name: str) -> QuotedText:
        return QuotedText(name, self._text.rstrip("\n"), tuple(self._attributions))


def _paragraphs(words: str, rng: random.Random) -> list[str]:
    """Split the words into two paragraphs after a full stop, or leave them in one."""
    stops = [match.end() for match in re.finditer(r"[.!?] ", words)]
    if not stops or rng.random() < 0.6:
        return [words]
    at = rng.choice(stops)
    return [words[:at].rstrip(), words[at:]]
