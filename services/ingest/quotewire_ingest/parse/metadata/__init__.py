"""Title, authors, dates, outlet and rights of an article: where they are stated, and which statement is chosen."""
