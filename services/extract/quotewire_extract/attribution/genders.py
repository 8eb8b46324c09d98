"""The gender of an article's persons: by title, by given name, else by the pronouns that follow the name."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING

from quotewire_extract.attribution.roles import apposition_after_name, words_before_name
from quotewire_extract.lexicon.gender import gender_of_title
from quotewire_names import Gender, gender_of_given_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from quotewire_extract.attribution.context import ArticleContext
    from quotewire_extract.entities.clusters import EntityCluster
    from quotewire_extract.quotation import CharSpan

_GENDERED = re.compile(r"\b(?:he|she|his|her|him|himself|herself)\b", re.IGNORECASE)
_MALE = frozenset({"he", "his", "him", "himself"})
_SINGULAR_THEY = re.compile(r"\b(?:themself|uses? they|they/them|non-?binary|goes by they)\b", re.IGNORECASE)


def person_genders(context: ArticleContext) -> dict[int, Gender | None]:
    """Return the gender of every person by the number of the cluster; None where nothing shows it."""
    pronouns = [match.span() for match in _GENDERED.finditer(context.text) if not context.is_marked(match.start())]
    others = _next_others(context)
    return {person.number: _gender(context, person, pronouns, others) for person in context.people()}


def _next_others(context: ArticleContext) -> dict[int, int]:
    """Return, by where a person's mention begins, where the next mention of another person begins."""
    found: dict[int, int] = {}
    last, after_last = None, len(context.text)  # the person mentioned next, and where another one is mentioned
    position = len(context.text)
    for named in reversed(context.mentions):
        if not named.cluster.is_person:
            continue
        if named.cluster is not last:
            last, after_last = named.cluster, position
        found[named.mention.start] = after_last
        position = named.mention.start
    return found


def _gender(
    context: ArticleContext, person: EntityCluster, pronouns: Sequence[CharSpan], others: Mapping[int, int]
) -> Gender | None:
    text = context.text
    for mention in person.mentions:
        title = gender_of_title(words_before_name(text, mention.start)) or gender_of_title(
            apposition_after_name(text, mention.end).split(" of ")[0]
        )
        if title is not None:
            return title
    by_pronouns = _gender_by_pronouns(context, person, pronouns, others)
    if by_pronouns is Gender.THEY:
        return by_pronouns
    return gender_of_given_name(person.name) or by_pronouns


def _gender_by_pronouns(
    context: ArticleContext, person: EntityCluster, pronouns: Sequence[CharSpan], others: Mapping[int, int]
) -> Gender | None:
    """Return the gender of most pronouns that follow a mention before anybody else is named."""
    votes: dict[Gender, int] = {}
    for mention in person.mentions:
        if context.is_marked(mention.start):
            continue
        _, end = context.sentence_span(context.sentence(mention.start) + 1)
        stop = min(end, others[mention.start])
        following = bisect_left(pronouns, (mention.end, 0))
        if following < len(pronouns) and pronouns[following][1] <= stop:
            pronoun = context.text[slice(*pronouns[following])].lower()
            gender = Gender.MALE if pronoun in _MALE else Gender.FEMALE
            votes[gender] = votes.get(gender, 0) + 1
        if _SINGULAR_THEY.search(context.text[mention.end : min(end, mention.end + 200)]):
            votes[Gender.THEY] = votes.get(Gender.THEY, 0) + 3
    return max(votes, key=lambda gender: votes[gender]) if votes else None
