"""Make a page ready for the extractor, and take what the extractor left out of the article."""
