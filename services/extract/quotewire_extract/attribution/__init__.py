"""The spaCy component ``speakers``: who said each quotation, and how sure that is."""
