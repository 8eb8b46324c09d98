"""The spaCy component ``names``: consistent entity labels, and one name for all mentions of one entity."""
