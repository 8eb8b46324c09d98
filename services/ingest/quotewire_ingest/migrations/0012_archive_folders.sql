-- The archive folders of all replicas. A folder has an id, in the file `folder-id` in it; where and when it was seen last
-- helps to find it again. The folder knows the number of searches for orphans, too: a database that knows fewer is a backup.
CREATE TABLE ingest.archive_folders (
    folder   text PRIMARY KEY,
    path     text NOT NULL,
    host     text NOT NULL,
    seen_at  timestamptz NOT NULL DEFAULT now(),
    searches bigint NOT NULL DEFAULT 0
);

-- The folder of each archived record; NULL for those of earlier releases, until the replica that has their file says it.
ALTER TABLE ingest.raw ADD COLUMN folder text;

-- Archived records that must be destroyed, by a replica that has their folder.
CREATE TABLE ingest.destructions (
    file   text NOT NULL,
    start  bigint NOT NULL,
    length bigint NOT NULL,
    folder text,
    why    text NOT NULL,
    since  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (file, start)
);
CREATE INDEX destructions_folder ON ingest.destructions (folder, since);

-- How far each file was compared with the rows that name it, in bytes: what no row names before that is destroyed.
CREATE TABLE ingest.archive_files (
    file    text PRIMARY KEY,
    folder  text NOT NULL,
    checked bigint NOT NULL
);
