-- Every address that led to an article (requested, redirected to, final, canonical), by its hash, which is the article_id
-- that the address would have. An address may lead to another article later, so it can have several rows.
CREATE TABLE ingest.article_addresses (
    address    text NOT NULL,
    article_id text NOT NULL,
    PRIMARY KEY (address, article_id)
);
CREATE INDEX article_addresses_article ON ingest.article_addresses (article_id);

-- An entry for an address of a withdrawn article names the article; one that somebody asked for has none.
ALTER TABLE ingest.do_not_ingest ADD COLUMN of_article text;
