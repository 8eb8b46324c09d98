"""The number of this annotator."""

ANNOTATOR_RELEASE = 4
"""Raised with every release whose model or rules give other results; for consumers the higher one wins."""
