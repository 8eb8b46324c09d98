-- How each feed stands: sources.yaml is the wish, this is the state. `quotewire sources status` reads it.
CREATE TABLE ingest.feeds (
    url           text PRIMARY KEY,
    source_id     text NOT NULL,
    outlet        text,
    wanted        boolean NOT NULL DEFAULT true,
    etag          text,
    last_modified text,
    interval_s    double precision NOT NULL,
    next_poll     timestamptz NOT NULL DEFAULT now(),
    polls         bigint NOT NULL DEFAULT 0,
    failures      integer NOT NULL DEFAULT 0,
    yielded       bigint NOT NULL DEFAULT 0,
    last_poll     timestamptz,
    last_success  timestamptz,
    last_yield    timestamptz,
    last_error    text,
    added_at      timestamptz NOT NULL DEFAULT now()
);

-- The addresses that feeds have named, so that each is asked for once (again when its entry changes).
CREATE TABLE ingest.links (
    link    text PRIMARY KEY,
    stamp   text NOT NULL DEFAULT '',
    feed    text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now()
);
