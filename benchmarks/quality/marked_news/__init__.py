"""Quotations marked by hand in real news articles, without the articles: README.md."""
