"""The spaCy component ``names``: entity mentions of one article, cleaned and clustered."""
