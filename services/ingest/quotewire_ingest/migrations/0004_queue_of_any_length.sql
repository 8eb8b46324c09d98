-- What a long queue costs: nothing that is asked every second may read all that waits.

-- Who holds what: a few rows, found without reading those that wait.
CREATE INDEX inputs_leased ON ingest.inputs (leased_by) WHERE outcome IS NULL AND leased_by IS NOT NULL;

-- What was handed over is found without reading the addresses that wait before it.
CREATE INDEX inputs_handed_over ON ingest.inputs (input_id) WHERE outcome IS NULL AND kind <> 'address';

-- Addresses without a host wait under a name that no host has, so that every address is found by its host.
UPDATE ingest.inputs SET host = '-' WHERE outcome IS NULL AND kind = 'address' AND host IS NULL;
