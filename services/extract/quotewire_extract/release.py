"""Which annotator this is."""

ANNOTATOR_RELEASE = 4
"""Grows with every release whose model or rules answer differently; readers let the higher one win."""
