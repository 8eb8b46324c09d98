-- What SQL users read. A release may change tables; these keep their columns.

CREATE VIEW news.articles_current AS
SELECT article_id, revision, change, origin, url, canonical_url, syndicated_from, source_id, outlet, title, authors,
       published_at, published_precision, modified_at, fetched_at, ingested_at, news_time, language, text, captions,
       provenance, rights, content_hash, reader_version, annotation_status, annotation_reason, model,
       annotator_release, annotated_at, stored_at
FROM news.articles
WHERE text IS NOT NULL;
COMMENT ON VIEW news.articles_current IS 'The current revision of every article that was not withdrawn.';

CREATE VIEW news.quotes_current AS
SELECT q.quote_id, q.article_id, a.revision, a.annotator_release, q.position, q.kind, q.content, q.content_spans,
       s.speakers, s.speaker_keys, s.speaker_kinds, q.cue, q.context_start, q.context_end,
       substring(a.text FROM q.context_start + 1 FOR q.context_end - q.context_start) AS context,
       q.parent_quote_id, q.flags, q.confidence,
       a.url, a.outlet, a.title, a.published_at, a.news_time, a.language
FROM news.quotations q
JOIN news.articles a USING (article_id)
CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(coalesce(name, nullif(mention, '')) ORDER BY position), '{}') AS speakers,
           coalesce(array_agg(name_key ORDER BY position), '{}') AS speaker_keys,
           coalesce(array_agg(kind ORDER BY position), '{}') AS speaker_kinds
    FROM news.speakers
    WHERE speakers.article_id = q.article_id AND quote_position = q.position
) s;
COMMENT ON VIEW news.quotes_current IS 'One row per quotation, with its article; joint speakers stand side by side in arrays.';

CREATE VIEW news.speakers_current AS
SELECT s.name, s.name_key, s.name_scope, s.kind AS speaker_kind, s.mention, s.position AS speaker_position,
       s.news_time, q.quote_id, q.kind, q.content, q.confidence, q.flags, q.article_id, a.outlet, a.title, a.url,
       a.published_at, a.language
FROM news.speakers s
JOIN news.quotations q ON q.article_id = s.article_id AND q.position = s.quote_position
JOIN news.articles a ON a.article_id = s.article_id;
COMMENT ON VIEW news.speakers_current IS 'One row per voice and quotation: the way to ask what somebody said, by name_key and news_time.';

CREATE VIEW news.mentions AS
SELECT e.article_id, m.start_at, m.end_at, substring(a.text FROM m.start_at + 1 FOR m.end_at - m.start_at) AS text,
       e.label, e.entity_id, e.name, e.name_key
FROM news.entities e
JOIN news.articles a USING (article_id)
CROSS JOIN LATERAL unnest(e.starts, e.ends) AS m (start_at, end_at);
COMMENT ON VIEW news.mentions IS 'One row per mention of an entity in the current revisions.';

-- Roles belong to the whole server: another database may have made this one, even in this very moment. Where we may
-- not make roles (a managed server), the operator makes it and grants SELECT on the views.
DO $$
BEGIN
    CREATE ROLE quotewire_reader NOLOGIN;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN RAISE WARNING 'may not create role quotewire_reader: readers need SELECT on the views of schema news';
END
$$;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'quotewire_reader') THEN
        GRANT USAGE ON SCHEMA news TO quotewire_reader;
        GRANT SELECT ON news.articles_current, news.quotes_current, news.speakers_current, news.mentions
            TO quotewire_reader;
    END IF;
END
$$;
