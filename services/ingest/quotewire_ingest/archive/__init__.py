"""The WARC archive of raw bytes: write, read, delete after retention, parse again."""
