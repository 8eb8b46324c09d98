"""The spaCy component ``speakers``: who said each quotation."""
