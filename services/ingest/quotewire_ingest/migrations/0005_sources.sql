-- Sources of every kind, what they are expected to yield, and what was taken from where.

-- A standing is an address (feed, sitemap, index, page), a folder or a push. What an index or a page names stands under
-- it (`parent`) and under the address of sources.yaml that led there (`root`).
ALTER TABLE ingest.feeds
    ADD COLUMN kind        text NOT NULL DEFAULT 'feed',
    ADD COLUMN root        text,
    ADD COLUMN parent      text,
    ADD COLUMN depth       integer NOT NULL DEFAULT 0,
    ADD COLUMN lastmod     text,
    ADD COLUMN hardship    real NOT NULL DEFAULT 0,
    ADD COLUMN trouble     text,
    ADD COLUMN disabled_at timestamptz,
    ADD COLUMN whole_at    timestamptz,
    ADD COLUMN per_day     real,
    ADD COLUMN entries     integer;
UPDATE ingest.feeds SET root = url;
CREATE INDEX feeds_due ON ingest.feeds (next_poll) WHERE wanted;

-- What no feed has named for long is forgotten.
CREATE INDEX links_seen ON ingest.links (seen_at);

-- The files of watched folders that were taken, each state of a file once, whatever number of replicas watches.
CREATE TABLE ingest.files (
    path      text NOT NULL,
    size      bigint NOT NULL,
    mtime_ns  bigint NOT NULL,
    source_id text NOT NULL,
    taken_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (path, size, mtime_ns)
);

-- What was pushed under which idempotency key, so that the same again is answered and not taken.
CREATE TABLE ingest.pushes (
    source_id   text NOT NULL,
    key         text NOT NULL,
    sha256      text NOT NULL,
    job         uuid NOT NULL,
    articles    integer NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source_id, key)
);
CREATE INDEX pushes_received ON ingest.pushes (received_at);

-- A file is cut into inputs by one replica at a time; a record of a WARC file is read where it lies.
ALTER TABLE ingest.inputs DROP CONSTRAINT inputs_kind_check;
ALTER TABLE ingest.inputs ADD CONSTRAINT inputs_kind_check CHECK (
    kind IN ('text', 'html', 'record', 'address', 'withdraw', 'lift', 'file', 'warc_record', 'reread'));

-- What a better reader needs of the past beside the bytes, and by what it sees that its record says the same.
ALTER TABLE ingest.raw
    ADD COLUMN kind    text,
    ADD COLUMN stated  jsonb,
    ADD COLUMN kept_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX raw_file ON ingest.raw (file, start);
ALTER TABLE ingest.articles ADD COLUMN record_hash text;
CREATE INDEX articles_source ON ingest.articles (source_id, changed_at);
