-- What is handed over now is found without reading the records of files and of the past that wait before it.
CREATE INDEX inputs_handed_in ON ingest.inputs (input_id)
    WHERE outcome IS NULL AND kind NOT IN ('address', 'warc_record', 'reread');
CREATE INDEX inputs_kept ON ingest.inputs (input_id) WHERE outcome IS NULL AND kind IN ('warc_record', 'reread');
