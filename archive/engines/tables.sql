-- What a shared archive has beside the tables of every archive. Statements end with a blank line.

-- The index: words and filters of archive/engines/terms.py.
CREATE TABLE IF NOT EXISTS story_index (story bigint PRIMARY KEY, terms tsvector NOT NULL)

ALTER TABLE story_index ALTER terms SET STATISTICS 1000

-- Phrases and ranks read the vectors themselves: lz4 unpacks them in a fraction of the time.
ALTER TABLE story_index ALTER terms SET COMPRESSION lz4

CREATE INDEX IF NOT EXISTS story_index_terms ON story_index USING gin (terms)

-- Fingerprints by their value (archive/engines/prints.py), and what numbers the changes of days: nothing takes it back.
CREATE TABLE IF NOT EXISTS prints (value bigint, story bigint, PRIMARY KEY (value, story))

CREATE SEQUENCE IF NOT EXISTS touches

-- Who crawls an agency, and until when without being heard of (archive/turns.py).
CREATE TABLE IF NOT EXISTS turns (agency text COLLATE "C" PRIMARY KEY, holder text NOT NULL, until timestamptz NOT NULL)

-- Who has raw pages of which months (archive/holdings.py).
CREATE TABLE IF NOT EXISTS holdings (folder text COLLATE "C", month text COLLATE "C", PRIMARY KEY (folder, month))

-- Until schema 18; `stories_by_moment` does what it did.
DROP INDEX IF EXISTS stories_by_content
