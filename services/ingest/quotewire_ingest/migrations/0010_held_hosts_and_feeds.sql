-- Who polls a feed, so that the feeds and hosts of a replica that died are found and freed without reading the others.
ALTER TABLE ingest.feeds ADD COLUMN leased_by text;
CREATE INDEX feeds_leased ON ingest.feeds (leased_by) WHERE leased_by IS NOT NULL;
CREATE INDEX hosts_held ON ingest.hosts (holder) WHERE holder IS NOT NULL;
