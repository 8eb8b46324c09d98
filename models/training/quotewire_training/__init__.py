"""Build the English tagger from corpora: convert, train, evaluate, export, quantise, package."""
