"""The store: keeps the current state of every article in PostgreSQL, exactly once, whatever the stream repeats."""
