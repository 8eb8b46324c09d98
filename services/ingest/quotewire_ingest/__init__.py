"""The ingest service: find articles, fetch and parse them, and publish one record per revision."""
