"""Stage direct quotations anew in the two forms that prose seldom shows: lists of voices and transcripts.

Articles of reader voices («“…” — Ana Ruiz, 34, Lima») and interviews («RUIZ: …») are common in the news, but rare in
the corpora, and the cue there is a mere sign. So the quotations of an article are taken out and set in such forms; the
seed and the article's name decide which. Marks and words of the content stay as they were.
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
_LEAST_WORDS = 4
_LEAST = 3
"""An article needs this many quotations to become a list or a transcript."""

_DASHES = ("―", "—", "–", "-", "--", "~")
_MARKS = (("“", "”"), ('"', '"'), ("''", "''"), ("«", "»"), ("", ""))
_TRADES = ("a teacher", "nurse", "a retired engineer", "shopkeeper", "a student", "taxi driver", "farmer", "a lawyer")
_TOWNS = ("Lima", "Nairobi", "Leeds", "Tampa, Fla.", "Lyon", "Dhaka", "Kraków", "Osaka", "Accra", "Cork", "Manila")


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person says: the words without their marks, and a name."""

    words: str
    name: str


def restaged(texts: Iterable[QuotedText], seed: str) -> Iterator[QuotedText]:
    """A list of voices and a transcript for every article that has enough quotations with named speakers."""
    for quoted in texts:
        said = list(voices(quoted))
        if len(said) < _LEAST:
            continue
        rng = random.Random(f"{seed}:{quoted.name}")
        yield _Sheet(rng).voices(f"{quoted.name}:voices", said)
        yield _Sheet(rng).transcript(f"{quoted.name}:transcript", said)


def voices(quoted: QuotedText) -> Iterator[Voice]:
    """The longer direct quotations of a text whose content is one stretch and whose source has a name."""
    for attribution in quoted.attributions:
        if len(attribution.content) != 1 or kind_of(attribution.content, quoted.text) != "direct":
            continue
        words = quoted.text[slice(*attribution.content[0])].strip(" \"“”„«»‘’'`").rstrip(",")
        source = " ".join(quoted.text[a:b] for a, b in attribution.source)
        name = _NAME.search(source)
        if not name or name.group() in _PRONOUNS or _MARK.search(words) or "\n" in words:
            continue
        if len(words.split()) >= _LEAST_WORDS:
            yield Voice(words if words[-1] in ".!?…" else words + ".", name.group())


class _Sheet:
    """Text that is written bit by bit, with the stretches of the parts just written."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._text = ""
        self._attributions: list[Attribution] = []

    def _write(self, words: str) -> Stretch:
        start = len(self._text)
        self._text += words
        return start, len(self._text)

    def voices(self, name: str, said: list[Voice]) -> QuotedText:
        """Each voice in marks, then a dash and the name, on the same line or on the next."""
        rng = self._rng
        opening, closing = rng.choice(_MARKS[:-1])
        dash, before, after = rng.choice(_DASHES), rng.choice((" ", " ", "", "\n")), rng.choice((" ", " ", ""))
        described, gap = rng.random() < 0.4, rng.choice(("\n", "\n\n"))
        for voice in said:
            content = self._write(opening + voice.words + closing)
            self._write(before)
            cue = self._write(dash)
            self._write(after)
            about = f", {rng.randint(19, 81)}, {rng.choice(_TRADES)}, {rng.choice(_TOWNS)}" if described else ""
            source = self._write(voice.name + about)
            self._write(rng.choice(("", "", ".")) + gap)
            self._attributions.append(Attribution((content,), (cue,), (source,), core=True))
        return self._finished(name)

    def transcript(self, name: str, said: list[Voice]) -> QuotedText:
        """Each turn behind its speaker's name and a colon; some turns have two paragraphs."""
        rng = self._rng
        opening, closing = rng.choice(_MARKS)
        upper, surname, outside = rng.random() < 0.6, rng.random() < 0.5, rng.random() < 0.3
        gap = rng.choice(("\n", "\n\n"))
        for voice in said:
            who = voice.name.split()[-1] if surname else voice.name
            if outside:  # the mark before the name, as where a whole transcript is quoted
                self._write(opening)
            source = self._write(who.upper() if upper else who)
            cue = self._write(":")
            self._write(" ")
            inner = "" if outside else opening
            stretches = []
            for number, paragraph in enumerate(_paragraphs(voice.words, rng)):
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
    """The words in one paragraph, or in two where there is a full stop to part them at."""
    stops = [match.end() for match in re.finditer(r"[.!?] ", words)]
    if not stops or rng.random() < 0.6:
        return [words]
    at = rng.choice(stops)
    return [words[:at].rstrip(), words[at:]]
