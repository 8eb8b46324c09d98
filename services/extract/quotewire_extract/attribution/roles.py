"""The roles that an article gives its persons: titles before a name, appositions and "is a" after it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotewire_extract.lexicon import groups, words
from quotewire_extract.lexicon.places import places

if TYPE_CHECKING:
    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.entities.clusters import ClusteredMention, EntityCluster

_WORD = re.compile(r"[^\W_]+(?:[-’'.][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")
_APPOSITION = re.compile(r"\s?(?:,|\(|–|—)\s*([^,;:.()“”\"\n]{2,110})")
_COPULA = re.compile(
    r"\s+(?:is|was|became|remains|served as|works as|has been)\s+((?:a|an|the|one of)\s[^,;.“”\"\n]{2,90})"
)
_AND_HIS = re.compile(r"\s+and\s+(his|her)\s+(?:\w+\s+)??(\w+)", re.IGNORECASE)
_INVERSE_RELATIONS = {
    "sister": ("brother", "sister"), "brother": ("brother", "sister"), "wife": ("husband", "wife"),
    "husband": ("husband", "wife"), "son": ("father", "mother"), "daughter": ("father", "mother"),
    "father": ("son", "daughter"), "mother": ("son", "daughter"), "twin": ("brother", "sister"),
}  # fmt: skip
"""The other side of a relation, for a man and for a woman."""

_NO_ROLE = frozenset({"the", "a", "an", "of", "and", "in", "for", "at", "to", "mr", "mrs", "ms", "who", "his", "her",
                      "on", "with", "by", "from", "its", "their", "that", "was", "is"})  # fmt: skip
"""Words of a description that say nothing about the role."""

_EQUIVALENTS = (("head of state", "president"), ("chief executive", "executive"), ("prime minister", "premier"),
                ("head coach", "coach"), ("first minister", "minister"))  # fmt: skip


def person_roles(context: ArticleContext) -> dict[int, frozenset[str]]:
    """Return the role words of every person by the number of the cluster."""
    roles = {person.number: _roles(context.text, person) for person in context.people()}
    for mention in context.mentions:
        _add_inverse_relation(context.text, mention, roles)
    return {number: frozenset(found) for number, found in roles.items()}


def _roles(text: str, person: EntityCluster) -> set[str]:
    found: set[str] = set()
    for mention in person.mentions:
        found |= role_words(words_before_name(text, mention.start))
        found |= role_words(apposition_after_name(text, mention.end))
        if (copula := _COPULA.match(text, mention.end, mention.end + 120)) is not None:
            found |= role_words(copula.group(1))
    return found


def _add_inverse_relation(text: str, mention: ClusteredMention, roles: dict[int, set[str]]) -> None:
    """Give the first of two related persons their side of the relation: in "Henrik and his sister Maja" the brother."""
    match = _AND_HIS.match(text, mention.mention.end, mention.mention.end + 40)
    if not mention.cluster.is_person or match is None:
        return
    inverse = _INVERSE_RELATIONS.get(match.group(2).lower())
    if inverse is not None:
        is_male = match.group(1).lower() == "his"
        roles[mention.cluster.number].add(inverse[0] if is_male else inverse[1])


def words_before_name(text: str, position: int) -> str:
    """Return the words of the noun phrase before a name: titles, roles, "Ukraine's Foreign Minister"."""
    line = text[max(0, position - 80) : position]
    line = re.split(r"[\n,;:“”\"()–—]|(?<![A-Z])\.(?:\s|$)", line)[-1]
    kept: list[str] = []
    for part in reversed(line.split()):
        word = part.strip(".’'").lower()
        if (word in words("en/prepositions.txt") and word != "of") or word in words("en/anaphors.txt", "calendar"):
            break
        bare = _POSSESSIVE.sub("", part)
        is_role = word in words("en/titles.txt") or word in words("en/person_nouns.txt")
        if (
            is_role
            or bare in places().state_of
            or part[:1].isupper()
            or word in {"of", "the", "and"}
            or word.startswith("ex-")
            or (kept and word in words("en/anaphors.txt", "role adjective"))
        ):
            kept.append(part)
        else:
            break
    return " ".join(reversed(kept))


def apposition_after_name(text: str, position: int) -> str:
    """Return the apposition after a name: ", president of the school," or "(34)"."""
    match = _APPOSITION.match(text, position, position + 140)
    return match.group(1) if match else ""


def role_words(phrase: str) -> set[str]:
    """Return the folded content words of a role.

    Synonyms become one word, peoples and capitals their state, ages a number.
    """
    found: set[str] = set()
    for match in _WORD.finditer(re.sub(r"\b(\d+)-year-old\b", r"\1", phrase)):
        word = _POSSESSIVE.sub("", match.group())
        low = word.lower()
        if low in _NO_ROLE:
            continue
        if word in places().state_of:
            found.add(places().state_of[word].lower())
            continue
        if low.endswith("s") and low[:-1] in words("en/person_nouns.txt"):
            low = low[:-1]
        found.add(groups("en/role_synonyms.txt").get(low, low))
    for phrase_part, role in _EQUIVALENTS:
        if phrase_part in phrase.lower():
            found.add(role)
    return found
