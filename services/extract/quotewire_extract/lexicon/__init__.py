"""Word lists of the attribution rules, one folder per language; the head of each file names its source."""

from __future__ import annotations

from functools import partial

from quotewire_names import word_lists

words = partial(word_lists.words, package=__name__)
"""Return the entries of a list: see :func:`quotewire_names.word_lists.words`."""

groups = partial(word_lists.groups, package=__name__)
"""Return a table of spellings: see :func:`quotewire_names.word_lists.groups`."""
