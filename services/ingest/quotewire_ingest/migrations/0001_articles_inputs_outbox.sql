-- What ingest knows of an article: enough to tell a new revision from the same again, no text.
CREATE TABLE ingest.articles (
    article_id     text PRIMARY KEY,
    revision       integer NOT NULL CHECK (revision >= 1),
    content_hash   text NOT NULL,
    withdrawn      boolean NOT NULL DEFAULT false,
    source_id      text NOT NULL,
    url            text,
    canonical_url  text,
    body_sha256    text,
    reader_version text NOT NULL,
    first_seen     timestamptz NOT NULL DEFAULT now(),
    changed_at     timestamptz NOT NULL DEFAULT now()
);

-- What was withdrawn stays out until somebody lifts it.
CREATE TABLE ingest.do_not_ingest (
    article_id text PRIMARY KEY,
    why        text NOT NULL DEFAULT '',
    since      timestamptz NOT NULL DEFAULT now()
);

-- Where the raw bytes of an article's revisions lie, so that a withdrawal can destroy them.
CREATE TABLE ingest.raw (
    article_id text NOT NULL,
    revision   integer NOT NULL,
    sha256     text NOT NULL,
    file       text NOT NULL,
    start      bigint NOT NULL,
    length     bigint NOT NULL,
    PRIMARY KEY (article_id, revision)
);

-- Records that are committed and not yet confirmed by Kafka. Deleted when they are.
CREATE TABLE ingest.outbox (
    position   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic      text NOT NULL,
    key        text NOT NULL,
    value      bytea NOT NULL,
    headers    jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The queue of inputs, and afterwards the one outcome of each. The body is deleted with the outcome.
CREATE TABLE ingest.inputs (
    input_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job          uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('text', 'html', 'record', 'address', 'withdraw', 'lift')),
    name         text NOT NULL,
    url          text,
    source_id    text,
    external_id  text,
    body         bytea,
    stated       jsonb,
    origin       text NOT NULL DEFAULT 'live',
    due_at       timestamptz NOT NULL DEFAULT now(),
    leased_by    text,
    leased_until timestamptz,
    attempts     integer NOT NULL DEFAULT 0,
    outcome      text,
    reason       text,
    message      text,
    article_id   text,
    revision     integer,
    queued_at    timestamptz NOT NULL DEFAULT now(),
    done_at      timestamptz
);
CREATE INDEX inputs_waiting ON ingest.inputs (input_id) WHERE outcome IS NULL;
CREATE INDEX inputs_job ON ingest.inputs (job, input_id);
CREATE INDEX inputs_done ON ingest.inputs (done_at) WHERE outcome IS NOT NULL;
