"""Builds the English reader from corpora: convert, train, evaluate, export, quantise, package."""
