-- Whether the servers of a source must have a certificate that can be verified, as sources.yaml says.
ALTER TABLE ingest.feeds ADD COLUMN verify_tls boolean NOT NULL DEFAULT true;
