"""Drop lines of a page that are not part of the article."""
