-- What nobody postponed is due by any clock: an input queued while the database's clock was ahead waited for that hour.
ALTER TABLE ingest.inputs ALTER COLUMN due_at SET DEFAULT '-infinity';
