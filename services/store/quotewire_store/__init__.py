"""The store: holds in PostgreSQL what is current of every article, exactly once whatever the stream repeats."""
