"""Fetch pages over HTTP: one polite, bounded, SSRF-safe request at a time."""
