"""Responses of hostile servers."""

SLOW_FEED = b"<rss version='2.0'><channel><item><title>" + b"<b a='1'>" * 300_000 + b"</title></item></channel></rss>"
"""2.7 MB that take a feed parser minutes."""
