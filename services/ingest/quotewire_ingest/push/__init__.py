"""Articles that others push over HTTP."""
