"""Publish parsed articles as revisions, and withdraw them."""
