-- What `quotewire quotes` and `quotewire articles` need: the order of the quotations of a speaker in their article, and
-- everything of one surname by an index (the last word of the key; see speakers_by_surname).

CREATE OR REPLACE VIEW news.speakers_current AS
SELECT s.name, s.name_key, s.name_scope, s.kind AS speaker_kind, s.mention, s.position AS speaker_position,
       s.news_time, q.quote_id, q.kind, q.content, q.confidence, q.flags, q.article_id, a.outlet, a.title, a.url,
       a.published_at, a.language, s.quote_position
FROM news.speakers s
JOIN news.quotations q ON q.article_id = s.article_id AND q.position = s.quote_position
JOIN news.articles a ON a.article_id = s.article_id;

CREATE INDEX entities_by_surname ON news.entities (split_part(name_key, ' ', -1));
