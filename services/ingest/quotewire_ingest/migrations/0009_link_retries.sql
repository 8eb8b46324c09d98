-- An address that a feed named and that failed for now may be named again, after retry_at, a few times.
ALTER TABLE ingest.links
    ADD COLUMN failures smallint NOT NULL DEFAULT 0,
    ADD COLUMN retry_at timestamptz;
