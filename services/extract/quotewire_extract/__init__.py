"""From articles to entities and attributed quotations."""
