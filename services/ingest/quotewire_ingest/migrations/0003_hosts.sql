-- Politeness across replicas: a host (registrable domain) is asked by one holder at a time, and then left alone a while.
CREATE TABLE ingest.hosts (
    host    text PRIMARY KEY,
    free_at timestamptz NOT NULL,
    holder  text,
    epoch   bigint NOT NULL DEFAULT 1,
    asked   bigint NOT NULL DEFAULT 0
);

ALTER TABLE ingest.inputs ADD COLUMN host text;
CREATE INDEX inputs_host ON ingest.inputs (host, input_id) WHERE outcome IS NULL AND host IS NOT NULL;
ALTER TABLE ingest.feeds ADD COLUMN host text;
