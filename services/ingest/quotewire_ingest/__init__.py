"""Finds articles, reads them and publishes one record per revision."""
