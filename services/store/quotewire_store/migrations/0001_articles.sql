-- Articles, their former revisions, entities, quotations and speakers; dead letters.
-- An article's row is written by one statement that locks it, and everything else of the article is written under
-- that lock: no foreign keys are needed to keep the sets whole, and none are paid for (tests/integration/store proves it).

CREATE TABLE news.articles (
    article_id          text PRIMARY KEY,
    revision            integer NOT NULL,
    annotator_release   integer NOT NULL,
    withdrawn_through   integer NOT NULL,
    change              text NOT NULL,
    origin              text NOT NULL,
    url                 text,
    canonical_url       text,
    syndicated_from     text,
    source_id           text NOT NULL,
    outlet              text,
    title               text,
    authors             text[] NOT NULL,
    published_at        timestamptz,
    published_precision text,
    modified_at         timestamptz,
    fetched_at          timestamptz NOT NULL,
    ingested_at         timestamptz NOT NULL,
    news_time           timestamptz NOT NULL,
    language            text,
    text                text,
    captions            text[] NOT NULL,
    provenance          jsonb NOT NULL,
    rights              jsonb NOT NULL,
    content_hash        text,
    raw_ref             jsonb,
    reader_version      text NOT NULL,
    annotation_status   text NOT NULL,
    annotation_reason   text,
    model               text,
    annotated_at        timestamptz NOT NULL,
    extra               jsonb,
    digest              text NOT NULL,
    stored_at           timestamptz NOT NULL,
    CONSTRAINT a_withdrawn_article_holds_nothing CHECK (
        (text IS NULL) = (withdrawn_through = revision)
        AND (text IS NOT NULL OR num_nonnulls(url, canonical_url, syndicated_from, title, content_hash, raw_ref, extra) = 0)
    )
);
CREATE INDEX articles_by_time ON news.articles (news_time DESC) WHERE text IS NOT NULL;
CREATE INDEX articles_by_outlet ON news.articles (lower(outlet), news_time DESC) WHERE text IS NOT NULL;

COMMENT ON TABLE news.articles IS 'One row per article: its current revision, or what is left of a withdrawn one (a tombstone without text).';
COMMENT ON COLUMN news.articles.article_id IS 'The same on every machine and replay; the key on every topic.';
COMMENT ON COLUMN news.articles.revision IS '1 for the first sight, then 2, 3, … in the order ingest saw them.';
COMMENT ON COLUMN news.articles.annotator_release IS 'Release of model and rules that found entities and quotations. A record is applied only if (revision, annotator_release) is not lower than what is held.';
COMMENT ON COLUMN news.articles.withdrawn_through IS 'Highest revision that was taken back, 0 for none: nothing of this or a lower revision is ever stored again.';
COMMENT ON COLUMN news.articles.change IS 'Why this revision exists: created, revised, reread, withdrawn, or a member added later.';
COMMENT ON COLUMN news.articles.origin IS 'How the record came onto the topic: live, backfill, replay, reannotation, or a member added later.';
COMMENT ON COLUMN news.articles.url IS 'Final address after redirects, as fetched or as given.';
COMMENT ON COLUMN news.articles.canonical_url IS 'Address the page declares for itself, same registrable domain only.';
COMMENT ON COLUMN news.articles.syndicated_from IS 'Declared canonical address on another domain.';
COMMENT ON COLUMN news.articles.source_id IS 'The source that brought it, as configured in ingest.';
COMMENT ON COLUMN news.articles.outlet IS 'Name of the publication, or its host name.';
COMMENT ON COLUMN news.articles.title IS 'Headline; null where the input states none.';
COMMENT ON COLUMN news.articles.authors IS 'People named as authors, in order.';
COMMENT ON COLUMN news.articles.published_at IS 'Publication time; null where the input states none.';
COMMENT ON COLUMN news.articles.published_precision IS 'How exactly published_at is known: second, minute, day, month, year.';
COMMENT ON COLUMN news.articles.modified_at IS 'Last change the page states.';
COMMENT ON COLUMN news.articles.fetched_at IS 'When the bytes were read.';
COMMENT ON COLUMN news.articles.ingested_at IS 'When ingest committed the revision; ages are measured from here.';
COMMENT ON COLUMN news.articles.news_time IS 'published_at, or fetched_at where that is null: what since and until compare with.';
COMMENT ON COLUMN news.articles.language IS 'BCP 47 tag; null where not recognised.';
COMMENT ON COLUMN news.articles.text IS 'Body text, Unicode NFC; null exactly when withdrawn. Offsets count its code points from 0, end exclusive: substring(text FROM start + 1 FOR end - start).';
COMMENT ON COLUMN news.articles.captions IS 'Captions, kept apart from the text.';
COMMENT ON COLUMN news.articles.provenance IS 'Per field, where it came from: feed, json_ld, opengraph, meta, extractor, text, given, inferred.';
COMMENT ON COLUMN news.articles.rights IS 'What the publisher says about machine use: robots, tdm, licence.';
COMMENT ON COLUMN news.articles.content_hash IS 'SHA-256 over title and text, hex: two revisions with one hash say the same.';
COMMENT ON COLUMN news.articles.raw_ref IS 'Where the raw bytes lie in the WARC archive: sha256, file, offset.';
COMMENT ON COLUMN news.articles.reader_version IS 'Release of the page reader that took the text out.';
COMMENT ON COLUMN news.articles.annotation_status IS 'done, partial, skipped, or a member added later.';
COMMENT ON COLUMN news.articles.annotation_reason IS 'Why not done; null when done.';
COMMENT ON COLUMN news.articles.model IS 'Name and version of the pipeline; null when skipped.';
COMMENT ON COLUMN news.articles.annotated_at IS 'When the annotator ran.';
COMMENT ON COLUMN news.articles.extra IS 'Fields of the record that this release does not know, as they came.';
COMMENT ON COLUMN news.articles.digest IS 'BLAKE2b over the record without annotated_at: tells a repeated delivery from a new one.';
COMMENT ON COLUMN news.articles.stored_at IS 'When this row was last written.';

CREATE TABLE news.revisions (
    article_id   text,
    revision     integer,
    change       text NOT NULL,
    url          text,
    title        text,
    text         text NOT NULL,
    published_at timestamptz,
    modified_at  timestamptz,
    fetched_at   timestamptz NOT NULL,
    ingested_at  timestamptz NOT NULL,
    content_hash text NOT NULL,
    PRIMARY KEY (article_id, revision)
);
COMMENT ON TABLE news.revisions IS 'Former revisions of articles. The current one stands in news.articles alone; of a withdrawn article there are none.';
COMMENT ON COLUMN news.revisions.article_id IS 'The article.';
COMMENT ON COLUMN news.revisions.revision IS 'Lower than the current one.';
COMMENT ON COLUMN news.revisions.change IS 'Why this revision existed.';
COMMENT ON COLUMN news.revisions.url IS 'Final address at that time.';
COMMENT ON COLUMN news.revisions.title IS 'Headline at that time.';
COMMENT ON COLUMN news.revisions.text IS 'Body text at that time.';
COMMENT ON COLUMN news.revisions.published_at IS 'Publication time as stated then.';
COMMENT ON COLUMN news.revisions.modified_at IS 'Last change as stated then.';
COMMENT ON COLUMN news.revisions.fetched_at IS 'When these bytes were read.';
COMMENT ON COLUMN news.revisions.ingested_at IS 'When ingest committed this revision.';
COMMENT ON COLUMN news.revisions.content_hash IS 'SHA-256 over title and text, hex.';

CREATE TABLE news.entities (
    article_id text,
    position   integer,
    entity_id  text,
    label      text NOT NULL,
    name       text NOT NULL,
    name_key   text NOT NULL,
    starts     integer[] NOT NULL,
    ends       integer[] NOT NULL,
    extra      jsonb,
    PRIMARY KEY (article_id, position)
);
CREATE INDEX entities_by_name ON news.entities (name_key);
COMMENT ON TABLE news.entities IS 'Named entities of the current revisions: one row per entity and article, however often it is mentioned. news.mentions has one row per mention.';
COMMENT ON COLUMN news.entities.article_id IS 'The article.';
COMMENT ON COLUMN news.entities.position IS 'Order of first mention in the article, from 0.';
COMMENT ON COLUMN news.entities.entity_id IS 'The same for all mentions of one entity in this article; means nothing outside it.';
COMMENT ON COLUMN news.entities.label IS 'Type in OntoNotes'' names: PERSON, ORG, GPE, LOC, FAC, NORP, EVENT, DATE, …';
COMMENT ON COLUMN news.entities.name IS 'Fullest name of this entity in the article.';
COMMENT ON COLUMN news.entities.name_key IS 'name folded across spellings and transliterations, to group by.';
COMMENT ON COLUMN news.entities.starts IS 'First code point of each mention in the text, in order of the text.';
COMMENT ON COLUMN news.entities.ends IS 'Code point after the last one of each mention.';
COMMENT ON COLUMN news.entities.extra IS 'Per mention, fields that this release does not know; null where there are none.';

CREATE TABLE news.quotations (
    article_id      text,
    position        integer,
    quote_id        text NOT NULL UNIQUE,
    kind            text NOT NULL,
    content         text NOT NULL,
    content_spans   integer[] NOT NULL,
    cue             text,
    cue_start       integer,
    cue_end         integer,
    context_start   integer NOT NULL,
    context_end     integer NOT NULL,
    parent_quote_id text,
    flags           text[] NOT NULL,
    confidence      real NOT NULL,
    extra           jsonb,
    PRIMARY KEY (article_id, position)
);
COMMENT ON TABLE news.quotations IS 'Quotations of the current revisions.';
COMMENT ON COLUMN news.quotations.article_id IS 'The article.';
COMMENT ON COLUMN news.quotations.position IS 'Order in the article, from 0.';
COMMENT ON COLUMN news.quotations.quote_id IS 'A hash of article, revision and spans: the same on every machine and replay.';
COMMENT ON COLUMN news.quotations.kind IS 'direct, indirect, mixed, or a member added later.';
COMMENT ON COLUMN news.quotations.content IS 'What was said.';
COMMENT ON COLUMN news.quotations.content_spans IS 'Where it stands in the text: {{start,end},…}, several where the cue interrupts.';
COMMENT ON COLUMN news.quotations.cue IS 'The words that announce it; null where there are none.';
COMMENT ON COLUMN news.quotations.cue_start IS 'First code point of the cue in the text.';
COMMENT ON COLUMN news.quotations.cue_end IS 'Code point after the last one of the cue.';
COMMENT ON COLUMN news.quotations.context_start IS 'First code point of the sentences around content, cue and speaker.';
COMMENT ON COLUMN news.quotations.context_end IS 'Code point after the last one of those sentences.';
COMMENT ON COLUMN news.quotations.parent_quote_id IS 'The quotation this one is reported inside.';
COMMENT ON COLUMN news.quotations.flags IS 'negated, hypothetical, low_confidence, …';
COMMENT ON COLUMN news.quotations.confidence IS 'Probability that this is a quotation with this content, 0 to 1.';
COMMENT ON COLUMN news.quotations.extra IS 'Fields that this release does not know, as they came.';

CREATE TABLE news.speakers (
    article_id     text,
    quote_position integer,
    position       integer,
    name           text,
    name_key       text,
    name_scope     text,
    kind           text NOT NULL,
    label          text,
    mention        text NOT NULL,
    mention_start  integer,
    mention_end    integer,
    confidence     real,
    news_time      timestamptz NOT NULL,
    extra          jsonb,
    PRIMARY KEY (article_id, quote_position, position)
);
CREATE INDEX speakers_by_name ON news.speakers (name_key, news_time DESC);
-- A surname alone asks for everybody of that name: the last word of the key.
CREATE INDEX speakers_by_surname ON news.speakers (split_part(name_key, ' ', -1), news_time DESC);
COMMENT ON TABLE news.speakers IS 'Who says each quotation: one row per voice, several for a joint statement.';
COMMENT ON COLUMN news.speakers.article_id IS 'The article.';
COMMENT ON COLUMN news.speakers.quote_position IS 'Position of the quotation in the article.';
COMMENT ON COLUMN news.speakers.position IS 'Order among the joint speakers, from 0.';
COMMENT ON COLUMN news.speakers.name IS 'Fullest name in the article; null where nothing says who.';
COMMENT ON COLUMN news.speakers.name_key IS 'name folded across spellings and transliterations, to group by.';
COMMENT ON COLUMN news.speakers.name_scope IS 'How much of the name the article gives: full, surname, title.';
COMMENT ON COLUMN news.speakers.kind IS 'person, organisation, group, unnamed, unknown, or a member added later.';
COMMENT ON COLUMN news.speakers.label IS 'Entity type of the name, where it is an entity.';
COMMENT ON COLUMN news.speakers.mention IS 'The words by the quotation: a name, he, the spokesman; empty where there are none.';
COMMENT ON COLUMN news.speakers.mention_start IS 'First code point of the mention in the text.';
COMMENT ON COLUMN news.speakers.mention_end IS 'Code point after the last one of the mention.';
COMMENT ON COLUMN news.speakers.confidence IS 'Probability that this is who speaks, 0 to 1.';
COMMENT ON COLUMN news.speakers.news_time IS 'That of the article, repeated here so that one index finds a speaker''s latest words.';
COMMENT ON COLUMN news.speakers.extra IS 'Fields that this release does not know, as they came.';

CREATE TABLE news.dead_letters (
    topic            text,
    partition        integer,
    "offset"         bigint,
    stage            text NOT NULL,
    reason           text NOT NULL,
    message          text NOT NULL,
    source_topic     text NOT NULL,
    source_partition integer NOT NULL,
    source_offset    bigint NOT NULL,
    key              text,
    "timestamp"      timestamptz NOT NULL,
    failed_at        timestamptz NOT NULL,
    headers          jsonb NOT NULL,
    value            bytea,
    stored_at        timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition, "offset")
);
CREATE INDEX dead_letters_by_key ON news.dead_letters (key) WHERE value IS NOT NULL;
CREATE INDEX dead_letters_by_time ON news.dead_letters (failed_at DESC);
COMMENT ON TABLE news.dead_letters IS 'Records that a stage gave up, each once, as read from the dead-letter topics.';
COMMENT ON COLUMN news.dead_letters.topic IS 'The dead-letter topic, with the stream''s prefix.';
COMMENT ON COLUMN news.dead_letters.partition IS 'Partition of the dead-letter topic.';
COMMENT ON COLUMN news.dead_letters."offset" IS 'Offset on the dead-letter topic.';
COMMENT ON COLUMN news.dead_letters.stage IS 'The stage that gave up: extract or store.';
COMMENT ON COLUMN news.dead_letters.reason IS 'not_json, invalid, newer_schema, wrong_key, empty, too_large, timeout, crash, memory, refused, or a member added later.';
COMMENT ON COLUMN news.dead_letters.message IS 'What was wrong, naming the field.';
COMMENT ON COLUMN news.dead_letters.source_topic IS 'Topic the record was read from.';
COMMENT ON COLUMN news.dead_letters.source_partition IS 'Its partition there.';
COMMENT ON COLUMN news.dead_letters.source_offset IS 'Its offset there.';
COMMENT ON COLUMN news.dead_letters.key IS 'Original key, usually the article''s id; bytes that are no text are escaped.';
COMMENT ON COLUMN news.dead_letters."timestamp" IS 'Original timestamp.';
COMMENT ON COLUMN news.dead_letters.failed_at IS 'When the stage gave it up.';
COMMENT ON COLUMN news.dead_letters.headers IS 'Original headers.';
COMMENT ON COLUMN news.dead_letters.value IS 'Original bytes; null where the record had none or its article was withdrawn.';
COMMENT ON COLUMN news.dead_letters.stored_at IS 'When this row was written.';

-- lz4 packs article text several times faster than pglz at about the same size, where the server was built with it.
DO $$
BEGIN
    ALTER TABLE news.articles ALTER COLUMN text SET COMPRESSION lz4;
    ALTER TABLE news.revisions ALTER COLUMN text SET COMPRESSION lz4;
    ALTER TABLE news.dead_letters ALTER COLUMN value SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
    RAISE NOTICE 'this server has no lz4; text is packed with pglz';
END
$$;
