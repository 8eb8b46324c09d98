-- A withdrawal that arrives after a later revision destroys the bytes of the revisions before it, and of no other.
ALTER TABLE news.dead_letters ADD COLUMN revision integer;
COMMENT ON COLUMN news.dead_letters.revision IS 'Revision of the article in the original bytes; null where they do not say.';
