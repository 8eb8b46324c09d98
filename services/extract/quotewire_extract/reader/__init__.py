"""The reader: one small encoder that finds entities and quotations in a single pass over the text."""
