"""Texts that make searches start again and again: runs of one sign, of names, of quotations, of labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, product
from string import ascii_lowercase

Kind = Callable[[int], str]
"""Makes a text of exactly so many characters."""


def _repeat(unit: str, before: str = "", after: str = "") -> Kind:
    def make(n: int) -> str:
        inner = max(0, n - len(before) - len(after))
        return (before + (unit * (inner // len(unit) + 1))[:inner] + after)[:n]

    return make


def _distinct(pattern: str) -> Kind:
    """Repeat a pattern in which every `@` becomes another capitalised word each time, `^` the same in capitals."""

    def make(n: int) -> str:
        words = _words()
        parts: list[str] = []
        size = 0
        while size < n:
            part = pattern
            while "@" in part or "^" in part:
                word = next(words)
                part = part.replace("@", word.capitalize(), 1) if "@" in part else part.replace("^", word.upper(), 1)
            parts.append(part)
            size += len(part)
        return "".join(parts)[:n]

    return make


def _words() -> Iterator[str]:
    for length in count(3):
        for letters in product(ascii_lowercase, repeat=length):
            yield "".join(letters)


def _twice(unit: str) -> Kind:
    """Make a line twice."""

    def make(n: int) -> str:
        line = _repeat(unit)((n - 1) // 2)
        return f"{line}\n{line}".ljust(n)

    return make


KINDS: dict[str, Kind] = {
    # blanks and lines
    "blanks": _repeat(" ", "word", "word"),
    "wide blanks": _repeat("\u00a0\u3000\t", "word", "word"),
    "blank lines": _repeat("\n", "word", "word"),
    "lines of blanks": _repeat("    \n", "word", "word"),
    "short lines": _repeat("go\n"),
    "wrapped lines": _repeat("The town will stay as it is, said the one who\nspoke for all, and went on to\n"),
    "divided words": _repeat("we stay in this sum-\nmer and do not sur-\n"),
    "quoted lines": _repeat("> > The town will stay\n> as it is\n"),
    "signs of quoted lines": _repeat(">"),
    "lines twice": _twice("„We stay „here "),
    "headers of e-mails": _repeat("Subject: a\nFrom: b\n"),
    # quotation marks
    "straight marks": _repeat('"'),
    "opening marks": _repeat("“"),
    "closing marks": _repeat("”"),
    "low marks": _repeat("„"),
    "apostrophes": _repeat("'"),
    "single marks": _repeat(" ‘a"),
    "mixed marks": _repeat("“”\"'«»„‘’`' "),
    "marks after digits": _repeat('6" x '),
    # quotations
    "quotations": _distinct("“We will stay in this town,” said Ana @. "),
    "quotations of one": _repeat("“We will stay in this town,” said Ana Ruiz. "),
    "quotations by pronoun": _distinct("“We will stay,” he said. Ana @ left. "),
    "quotation paragraphs": _repeat("“We will never leave this town of ours.”\n"),
    "quotations in lines": _distinct("“We will never leave this town,” said Ana @.\n"),
    "reports": _distinct("Ana @ said that the town would stay as it is. "),
    "descriptions": _distinct("“Yes,” the mayor said. The company said it would. Mayor Ana @ went. "),
    "said": _repeat("said he said they said "),
    "signed": _distinct("“We will stay here.” — Ana @\n"),
    # names
    "names": _distinct("Ana @ "),
    "distinct names": _distinct("@ @ "),
    "one name": _repeat("Ana Ruiz "),
    "one surname": _distinct("@ Ruiz, Mr. Ruiz, "),
    "names in a sentence": _distinct("@ @ of "),
    "names in capitals": _distinct("^ ^, "),
    "organisations": _distinct("@ Foods Inc, AB, the @, "),
    "bylines": _distinct("By Ana @ and "),
    # one word without blanks
    "one token": _repeat("a"),
    "capitals": _repeat("A"),
    "mixed letters": _repeat("aB"),
    "digits": _repeat("1"),
    "hyphens in a word": _repeat("a-"),
    "dots in a word": _repeat("a."),
    "initials": _repeat("A."),
    "at signs": _repeat("a@"),
    "address": _repeat("a.b/", "http://"),
    "apostrophes in a word": _repeat("a'"),
    "unspaced script": _repeat("新闻。"),
    "combining marks": _repeat("\u0301\u0316", "a"),
    "emoji": _repeat("\U0001f600"),
    "mojibake": _repeat("â€œ"),
    "mojibake twice": _repeat("ÃƒÂ©t ÃƒÂ "),
    "mojibake in right text": _repeat("“Itâ€™s,” “Ã  "),
    "first bytes of mojibake": _repeat("Ã"),
    "lines of mojibake": _repeat("Itâ€™s\n"),
    # labels
    "labels": _distinct("^: We stay here.\n"),
    "labels of two": _repeat("RUIZ: We stay here.\nLIND: We do.\n"),
    "questions": _repeat("Q: Will you stay here?\nA: We will.\n"),
    "marked labels": _repeat('"Q: Will you stay here?\n"A: We will.\n'),
    "words in capitals": _repeat("RUIZ "),
    "times": _repeat("10:15 We stay here.\n"),
    # signs
    "commas": _repeat(","),
    "commas and blanks": _repeat(", "),
    "dots": _repeat("."),
    "sentence ends": _repeat(". "),
    "dashes": _repeat("-"),
    "dashes and blanks": _repeat(" - "),
    "bars": _repeat("A | "),
    "bullets": _repeat("- a\n"),
    "opening brackets": _repeat("("),
    "brackets": _repeat("()"),
    "square brackets": _repeat("["),
    "braces": _repeat('{"a":'),
    "angles": _repeat("<"),
    "open tags": _repeat("<a "),
    "elements": _repeat("<p>"),
    "nested elements": _repeat("<div><b>"),
    "comments": _repeat("<!---->"),
    "open comments": _repeat("<!--"),
    "attributes": _repeat(' a="b"', "<a", ">"),
    "references": _repeat("&amp;"),
    "long reference": _repeat("1", "&#", ";"),
    "backslashes": _repeat("\\"),
    "slashes": _repeat("/"),
    "percent signs": _repeat("%"),
    "parameters": _repeat("&a=1", "http://news.example/?"),
    # words that rules look for
    "the": _repeat("the "),
    "and": _repeat("and "),
    "of": _repeat("of the "),
    "has": _repeat("has ", "Ana Ruiz "),
    "you": _repeat("you will accept our "),
    "by": _repeat("by "),
    "dates": _repeat("12.03.2026 "),
    "dates in words": _repeat("March 3, 2026 "),
    "calls": _repeat("follow us on "),
    "related": _repeat("Related: a\n"),
}
